package dev.corral.dialect;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Looks at a request's body while its bytes arrive: is it JSON, which model does it name, does it
/// want a stream. Each piece costs time for its own bytes only, and nothing is kept but the few
/// values that are watched: those of the call's [Call#keys] in the outermost object, matched as Go
/// matches them (in any case, escapes decoded).
///
/// One instance per body; not for several threads. `feed` each piece, then [#finish].
public final class Peek extends GoScanner {
  /// What Go's `time.ParseDuration` reads as zero.
  private static final Pattern ZERO_DURATION =
      Pattern.compile("[+-]?(0|((0+\\.?0*|\\.0+)(ns|us|µs|μs|ms|s|m|h))+)");

  private static final Field ABSENT = new Field.Absent();

  private final Call call;

  /// The watched key whose value comes next.
  private @Nullable Key key;

  private long literalAt;
  private boolean keepAliveNumber;

  private final @Nullable Field[] fields = new Field[Key.COUNT];

  /// One bit for each key that was met, at its slot.
  private int met;

  private @Nullable Boolean stream;
  private boolean keepAliveZero;
  private long openAt = -1;
  private boolean members;

  /// The first complaint about a value; told only where the syntax is good, as Go does it.
  private @Nullable String complaint;

  public Peek(Call call) {
    this.call = call;
  }

  /// The look at a body that lies in one piece.
  public static Peeked at(Call call, byte[] body) {
    Peek peek = new Peek(call);
    peek.feed(body, 0, body.length);
    return peek.finish();
  }

  /// The end of the body.
  public Peeked finish() {
    String failure = failure();
    if (failure != null) {
      return new Peeked.Bad(failure);
    }
    if (!seen()) {
      return new Peeked.Bad(GoTexts.empty(call));
    }
    if (!complete()) {
      return new Peeked.Bad(GoTexts.UNEXPECTED_END);
    }
    if (complaint != null) {
      return new Peeked.Bad(complaint);
    }
    return new Peeked.Body(
        call,
        field(Key.MODEL),
        field(Key.NAME),
        field(Key.SOURCE),
        field(Key.DESTINATION),
        field(Key.FROM),
        stream,
        keepAliveZero,
        passed(),
        openAt,
        members);
  }

  private Field field(Key wanted) {
    Field found = fields[wanted.slot()];
    return found == null ? ABSENT : found;
  }

  @Override
  void keyBegins(int level) {
    if (level == 1) {
      members = true;
      keep();
    }
  }

  private void keep() {
    keeping = true;
    text.clear();
  }

  @Override
  void textEnds(boolean isKey, long end) {
    Key watched = key;
    if (isKey) {
      meet(call.keyOf(text.bytes(), text.length()));
    } else if (watched == Key.KEEP_ALIVE) {
      keepAliveZero = ZERO_DURATION.matcher(text.toString()).matches();
    } else if (watched != null) {
      fields[watched.slot()] = new Field.Text(text.toString(), literalAt, end - literalAt);
    }
  }

  private void meet(@Nullable Key found) {
    key = found;
    if (found != null) {
      int bit = 1 << found.slot();
      if ((met & bit) != 0) {
        complain(GoTexts.twice(found));
      }
      met |= bit;
    }
  }

  @Override
  void valueBegins(String found, int level, long position) {
    keepAliveNumber = false;
    if (level == 0) {
      if (found.equals("object")) {
        openAt = position + 1;
      } else if (!found.equals("null")) {
        complain(GoTexts.notAnObject(call, typeOf(found)));
      }
      return;
    }
    Key watched = key;
    if (level > 1 || watched == null) {
      return;
    }
    literalAt = position;
    switch (watched) {
      case STREAM -> streamBegins(found);
      case KEEP_ALIVE -> {
        keepAliveNumber = found.equals("number");
        keepAliveZero = keepAliveNumber;
        if (found.equals("string")) {
          keep();
        }
      }
      case MODEL, NAME, SOURCE, DESTINATION, FROM -> nameBegins(watched, found);
    }
  }

  private void streamBegins(String found) {
    switch (found) {
      case "true" -> stream = true;
      case "false" -> stream = false;
      case "null" -> stream = null;
      default -> complain(GoTexts.wrongType(call, Key.STREAM, found));
    }
  }

  private void nameBegins(Key watched, String found) {
    if (found.equals("string")) {
      keep();
    } else if (found.equals("null")) {
      fields[watched.slot()] = new Field.Null(literalAt);
    } else {
      complain(GoTexts.wrongType(call, watched, typeOf(found)));
    }
  }

  private static String typeOf(String found) {
    return found.equals("true") || found.equals("false") ? "bool" : found;
  }

  /// Zero is a number without any digit but 0; its exponent does not matter.
  @Override
  void digit(int c) {
    if (keepAliveNumber && c != '0') {
      keepAliveZero = false;
    }
  }

  private void complain(String text) {
    if (complaint == null) {
      complaint = text;
    }
  }
}
