package dev.corral.templates.answer;

import java.util.List;
import java.util.Optional;

/// How a model writes a call around the arguments of a tool, which are a JSON object.
///
/// @param before what stands in front of them
/// @param after what must stand behind them for the call to be understood
public record CallText(String before, String after) {
  /// Marks and a name in front, marks behind; what is longer is no call's.
  private static final int LONGEST_BEFORE = 200;

  private static final int LONGEST_AFTER = 60;
  private static final String KEY = JsonSlices.quote(Trials.KEY);

  /// For another tool.
  ///
  /// @param name letters, digits and `_.:-` only, as nothing is escaped
  CallText of(String name) {
    return new CallText(before.replace(Trials.TOOL, name), after.replace(Trials.TOOL, name));
  }

  /// From what a template wrote; empty where the arguments are no JSON object there.
  ///
  /// @param format reads it back
  static Optional<CallText> of(List<String> written, AnswerFormat format) {
    for (String text : written) {
      int key = text.indexOf(KEY);
      int start = key < 0 ? -1 : text.lastIndexOf('{', key);
      int end = key < 0 ? -1 : text.indexOf('}', key) + 1;
      if (start >= 0 && end > 0 && isTheArguments(text.substring(start, end))) {
        Optional<CallText> found = understood(text, start, end, format);
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }

  private static boolean isTheArguments(String slice) {
    return JsonSlices.fields(slice)
        .getOrDefault(Trials.KEY, "")
        .equals(JsonSlices.quote(Trials.VALUE));
  }

  /// As much in front of the arguments as is nobody's text, and as little behind them as is
  /// understood: the rest may hold the text of the token that ends an answer, which no model
  /// spells.
  private static Optional<CallText> understood(
      String text, int start, int end, AnswerFormat format) {
    int last = Math.min(text.length(), end + LONGEST_AFTER);
    for (int from = Math.max(0, start - LONGEST_BEFORE); from < start; from++) {
      for (int to = end; to <= last; to++) {
        if (isTheCall(text.substring(from, to), format)) {
          return Optional.of(new CallText(text.substring(from, start), text.substring(end, to)));
        }
      }
    }
    return Optional.empty();
  }

  private static boolean isTheCall(String text, AnswerFormat format) {
    AnswerParser parser = format.parser("", Trials.TOOLS);
    boolean call = false;
    for (List<Part> parts : List.of(parser.feed(text), parser.finish())) {
      for (Part part : parts) {
        if (part instanceof Part.Content words && !words.text().isBlank()) {
          return false;
        }
        call |= part instanceof Part.ToolCall one && one.name().equals(Trials.TOOL);
      }
    }
    return call;
  }
}
