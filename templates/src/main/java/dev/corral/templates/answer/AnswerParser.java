package dev.corral.templates.answer;

import java.util.ArrayList;
import java.util.List;

/// Reads one answer as it comes: each piece of text in, parts out. It holds back only what may
/// still turn out to be a mark. What it cannot read is content: nothing is lost. For one thread.
///
/// A model that thinks although it was told not to still has its thinking told apart; whether a
/// caller gets it is the caller's dialect's business.
public final class AnswerParser {
  private enum Mode {
    /// Nothing but white space so far.
    START,
    CONTENT,
    THINKING,
  }

  private final AnswerFormat format;
  private final StringBuilder held = new StringBuilder();
  private final List<Part> parts = new ArrayList<>();
  private Mode mode = Mode.START;
  private boolean trims; // the part that begins has lost no white space yet

  AnswerParser(AnswerFormat format, String prompt) {
    this.format = format;
    boolean inside =
        format.thinking().map(tags -> prompt.stripTrailing().endsWith(tags.open())).orElse(false);
    if (inside) {
      mode = Mode.THINKING;
      trims = true;
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
            case CONTENT -> content();
            case THINKING -> thinking(last);
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
    String open = format.thinking().map(ThinkingTags::open).orElse("");
    if (!open.isEmpty() && !last) {
      if (startsWith(open, blank)) {
        held.delete(0, blank + open.length());
        mode = Mode.THINKING;
        trims = true;
        return true;
      }
      if (mayBecome(open, blank)) {
        return false;
      }
    }
    mode = Mode.CONTENT;
    return true;
  }

  private boolean content() {
    trim();
    emit(held.length(), false);
    return false;
  }

  private boolean thinking(boolean last) {
    trim();
    String close = format.thinking().map(ThinkingTags::close).orElse("");
    int at = held.indexOf(close);
    if (at >= 0) {
      emit(trimmedEnd(at), true);
      held.delete(0, held.indexOf(close) + close.length());
      mode = Mode.CONTENT;
      trims = true;
      return true;
    }
    int certain = 0;
    while (certain < held.length() && !mayBecome(close, certain)) {
      certain++;
    }
    emit(last ? held.length() : trimmedEnd(certain), true);
    return false;
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

  private int trimmedEnd(int end) {
    int trimmed = end;
    while (trimmed > 0 && format.blanks().drops(held.charAt(trimmed - 1))) {
      trimmed--;
    }
    return trimmed;
  }

  private void emit(int end, boolean thought) {
    if (end > 0) {
      String text = held.substring(0, end);
      parts.add(thought ? new Part.Thinking(text) : new Part.Content(text));
      held.delete(0, end);
    }
  }

  private boolean startsWith(String mark, int at) {
    return held.length() - at >= mark.length() && held.indexOf(mark, at) == at;
  }

  /// True where what is held from here on is the beginning of a mark.
  private boolean mayBecome(String mark, int at) {
    int length = held.length() - at;
    return length < mark.length() && mark.startsWith(held.substring(at));
  }
}
