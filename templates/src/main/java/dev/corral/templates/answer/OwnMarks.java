package dev.corral.templates.answer;

import java.util.List;

/// A family of one: where calls are JSON between marks that nobody knows, the template's own
/// writing tells them. Ollama does the same with its Go templates.
final class OwnMarks {
  private static final int MAX_MARK = 40;

  private OwnMarks() {}

  /// None where no JSON is to be seen.
  static Family of(List<String> written) {
    for (String text : written) {
      int tool = text.indexOf(Trials.TOOL);
      int start = text.indexOf('{');
      int list = text.lastIndexOf('[', start);
      boolean listed = list >= 0 && text.substring(list + 1, Math.max(start, list + 1)).isBlank();
      String open = start < 0 ? "" : text.substring(0, listed ? list : start).strip();
      open = open.substring(open.lastIndexOf('\n') + 1);
      if (start >= 0
          && start < tool
          && !open.isEmpty()
          && open.length() <= MAX_MARK
          && !open.contains(Trials.SAID)) {
        return Families.json("own marks", open, close(open, text));
      }
    }
    return Family.NONE;
  }

  /// The counterpart of an opening, where the template writes one.
  private static String close(String open, String written) {
    for (String begin : List.of("<|", "<", "[")) {
      String close = begin + "/" + open.substring(Math.min(begin.length(), open.length()));
      if (open.startsWith(begin) && written.contains(close)) {
        return close;
      }
    }
    return "";
  }
}
