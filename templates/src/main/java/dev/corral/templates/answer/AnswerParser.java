package dev.corral.templates.answer;

import dev.corral.templates.Json;
import dev.corral.templates.answer.Marks.Found;
import dev.corral.templates.answer.Unit.Call;
import java.util.ArrayList;
import java.util.List;

/// Reads one answer as it comes: each piece of text in, parts out. It holds back only what may
/// still turn out to be a mark, and calls until they are whole. What it cannot read is content:
/// nothing is lost. For one thread.
///
/// A model that thinks although it was told not to still has its thinking told apart; whether a
/// caller gets it is the caller's dialect's business.
public final class AnswerParser {
  private enum Mode {
    /// Nothing but white space so far.
    START,
    CONTENT,
    THINKING,
    HEADER,
    CALLS
  }

  /// White space that is held back until it is known what follows; what is more is content.
  private static final int MAX_BLANK = 1024;

  private final AnswerFormat format;
  private final boolean mayCall;
  private final Marks startMarks;
  private final Marks contentMarks;
  private final Marks thinkingMarks;
  private final StringBuilder held = new StringBuilder();
  private final Calls calls;
  private final List<Part> parts = new ArrayList<>();
  private Mode mode = Mode.START;
  private Mode before = Mode.CONTENT; // what a call that is none turns back into
  private boolean reopened; // its mark may come once more
  private boolean trims; // the part that begins has lost no white space yet
  private int count; // of calls

  AnswerParser(AnswerFormat format, String prompt, List<Json> given) {
    this.format = format;
    Tools tools = new Tools(given);
    mayCall = format.calls() && !tools.isEmpty();
    calls = new Calls(held, format.callFamily(), tools);
    ParserMarks marks = ParserMarks.of(format.layout(), format.callFamily(), mayCall);
    startMarks = marks.atStart();
    contentMarks = marks.inContent();
    thinkingMarks = marks.inThinking();
    String end = prompt.stripTrailing();
    Layout layout = format.layout();
    if (layout.thinking().map(tags -> end.endsWith(tags.open())).orElse(false)) {
      think();
    } else if (layout
        .headers()
        .map(headers -> !headers.promptEnd().isEmpty() && end.endsWith(headers.promptEnd()))
        .orElse(false)) {
      mode = Mode.HEADER;
    }
  }

  /// The parts that are certain once this piece has come; often none, often one.
  ///
  /// @param piece whole characters, as many as came
  public List<Part> feed(String piece) {
    held.append(piece);
    return run(false);
  }

  /// What is left when the answer has ended. Nothing may be fed afterwards.
  public List<Part> finish() {
    return run(true);
  }

  private List<Part> run(boolean last) {
    boolean more = true;
    while (more && !held.isEmpty()) {
      more =
          switch (mode) {
            case START -> start(last);
            case CONTENT -> text(contentMarks, last);
            case THINKING -> text(thinkingMarks, last);
            case HEADER -> header(last);
            case CALLS -> calls(last);
          };
    }
    List<Part> done = List.copyOf(parts);
    parts.clear();
    return done;
  }

  private boolean start(boolean last) {
    int blank = 0;
    while (blank < held.length() && Character.isWhitespace(held.charAt(blank))) {
      blank++;
    }
    if (blank == held.length() && !last && !startMarks.none() && blank < MAX_BLANK) {
      return false;
    }
    switch (startMarks.at(held, blank, last)) {
      case Found.Hit(int at, Mark mark) -> {
        before = Mode.CONTENT;
        act(at, mark);
      }
      case Found.Maybe _ -> {
        return false;
      }
      case Found.Nothing _ -> mode = Mode.CONTENT;
    }
    return true;
  }

  /// Content or thinking, up to the next mark.
  private boolean text(Marks marks, boolean last) {
    trim();
    boolean thought = mode == Mode.THINKING;
    if (reopened && thought && opensAgain(last)) {
      return false;
    }
    switch (marks.find(held, last)) {
      case Found.Hit(int at, Mark mark) -> {
        before = mode;
        int end =
            thought || mark.unit().isPresent() || mark.meaning() == Mark.Meaning.SECTION
                ? blankBefore(at)
                : at;
        emit(end, thought);
        act(at - end, mark);
        return true;
      }
      case Found.Maybe(int at) -> emit(blankBefore(at), thought);
      case Found.Nothing _ -> {
        boolean holds = !last && (thought || mayCall);
        emit(holds ? blankBefore(held.length()) : held.length(), thought);
      }
    }
    return false;
  }

  /// Does what a mark means; white space before it is dropped, unless it may have to be given back.
  private void act(int at, Mark mark) {
    switch (mark.meaning()) {
      case SECTION, UNIT -> {
        mode = Mode.CALLS;
        calls.begin(at, mark);
      }
      case HEADER -> {
        held.delete(0, at);
        mode = Mode.HEADER;
      }
      case THINK -> {
        held.delete(0, at + mark.text().length());
        think();
      }
      case SPEAK, CLOSER -> {
        held.delete(0, at + mark.text().length());
        mode = Mode.START;
        trims = true;
      }
    }
  }

  private void think() {
    mode = Mode.THINKING;
    trims = true;
    reopened = true;
  }

  /// Some models open the thinking that was opened already. True while that cannot be told.
  private boolean opensAgain(boolean last) {
    String open = format.layout().thinking().map(ThinkingTags::open).orElse("");
    String begin = held.substring(0, Math.min(held.length(), open.length()));
    if (!last && begin.length() < open.length() && open.startsWith(begin)) {
      return true;
    }
    reopened = false;
    if (begin.equals(open)) {
      held.delete(0, open.length());
      trims = true;
      trim();
    }
    return false;
  }

  private boolean header(boolean last) {
    Headers headers = format.layout().headers().orElseThrow();
    int end = held.indexOf(headers.end());
    if (end < 0 && !last && held.length() <= Headers.MAX) {
      return false;
    }
    if (end < 0 || end > Headers.MAX) {
      emit(held.length(), false);
      mode = Mode.CONTENT;
      return false;
    }
    switch (headers.reading().apply(held.substring(0, end))) {
      case Headers.Heading.Thinks _ -> {
        held.delete(0, end + headers.end().length());
        think();
      }
      case Headers.Heading.Speaks _ -> {
        held.delete(0, end + headers.end().length());
        mode = Mode.START;
        trims = true;
      }
      case Headers.Heading.Calls(String name) when mayCall -> {
        before = Mode.CONTENT;
        mode = Mode.CALLS;
        calls.begin(end + headers.end().length(), name);
      }
      case Headers.Heading.Calls _ -> {
        emit(end + headers.end().length(), false);
        mode = Mode.CONTENT;
      }
    }
    return true;
  }

  private boolean calls(boolean last) {
    switch (calls.step(last)) {
      case Calls.Step.More _ -> {
        return false;
      }
      case Calls.Step.Read(List<Call> read) -> {
        for (Call call : read) {
          parts.add(new Part.ToolCall(count++, call.name(), call.arguments()));
        }
        before = Mode.CONTENT;
      }
      case Calls.Step.Over _ -> mode = Mode.CONTENT;
      case Calls.Step.Broken(int length) -> {
        mode = before;
        emit(length, before == Mode.THINKING);
      }
    }
    return true;
  }

  /// Drops the white space with which a part begins.
  private void trim() {
    int blank = 0;
    while (trims && blank < held.length() && format.blanks().drops(held.charAt(blank))) {
      blank++;
    }
    held.delete(0, blank);
    trims = trims && held.isEmpty();
  }

  /// Where the white space begins that stands before a position; it is nobody's if a mark follows.
  private int blankBefore(int end) {
    int start = end;
    while (start > 0 && Character.isWhitespace(held.charAt(start - 1))) {
      start--;
    }
    return end - start < MAX_BLANK ? start : end;
  }

  private void emit(int end, boolean thought) {
    if (end > 0) {
      String text = held.substring(0, end);
      parts.add(thought ? new Part.Thinking(text) : new Part.Content(text));
      held.delete(0, end);
    }
  }
}
