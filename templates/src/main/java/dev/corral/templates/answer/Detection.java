package dev.corral.templates.answer;

import dev.corral.templates.ChatTemplate;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Finds out from a template how its model answers: what the template writes for an answer in a
/// conversation is what the model was trained to write.
final class Detection {
  private static final int MAX_TAG = 40; // of thinking that nobody knows; longer ones are sentences
  private static final Pattern TAG = Pattern.compile("[<\\[◁][^<>\\[\\]◁▷]+[>\\]▷]$");
  private static final int MIN_MARK = 5; // shorter ones stand in many a template by chance

  private Detection() {}

  static AnswerFormat of(ChatTemplate template, String source, AnswerFormat.Blanks blanks) {
    Trials trials = new Trials(template);
    Layout layout = layout(source, trials.thinkingAsWritten());
    List<String> calls = trials.callsAsWritten();
    return new AnswerFormat(layout, family(layout, source, calls), blanks).knowing(calls);
  }

  private static Layout layout(String source, String written) {
    String all = source + "\n" + written;
    for (Layout known : Layout.KNOWN) {
      if (known.marks().stream().allMatch(all::contains)) {
        return known;
      }
    }
    return derived(written).orElse(Layout.PLAIN);
  }

  /// Tags that nobody knows: the last words before the thinking and the first behind it.
  private static Optional<Layout> derived(String written) {
    int thought = written.indexOf(Trials.THOUGHT);
    int said = written.indexOf(Trials.SAID, Math.max(thought, 0));
    if (thought < 0 || said < 0) {
      return Optional.empty();
    }
    String open = written.substring(0, thought).strip();
    Matcher tag = TAG.matcher(open);
    open = tag.find() ? tag.group() : open.substring(open.lastIndexOf('\n') + 1);
    String close = written.substring(thought + Trials.THOUGHT.length(), said).strip();
    boolean tags = !open.isEmpty() && !close.isEmpty();
    return tags && Math.max(open.length(), close.length()) <= MAX_TAG
        ? Optional.of(Layout.of(new ThinkingTags(open, close, false)))
        : Optional.empty();
  }

  private static Family family(Layout layout, String source, List<String> written) {
    for (Family known : Families.KNOWN) {
      if (known.shows(source, String.join("\n", written)) && readsBack(layout, known, written)) {
        return known;
      }
    }
    Family own = OwnMarks.of(written);
    if (readsBack(layout, own, written)) {
      return own;
    }
    for (Family known : Families.KNOWN) {
      if (!known.marks().isEmpty()
          && known.marks().getFirst().length() >= MIN_MARK
          && known.marks().stream().allMatch(source::contains)) {
        return known;
      }
    }
    return written.isEmpty() ? Family.NONE : Families.LLAMA;
  }

  /// True where a family understands an answer of the template's own.
  private static boolean readsBack(Layout layout, Family family, List<String> written) {
    AnswerFormat format = new AnswerFormat(layout, family, AnswerFormat.Blanks.LINES);
    for (String text : written) {
      AnswerParser parser = format.parser("", Trials.TOOLS);
      for (List<Part> parts : List.of(parser.feed(text), parser.finish())) {
        if (parts.stream().anyMatch(Detection::isTheCall)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean isTheCall(Part part) {
    return part instanceof Part.ToolCall(int _, String name, String arguments)
        && name.equals(Trials.TOOL)
        && JsonSlices.fields(arguments)
            .getOrDefault(Trials.KEY, "")
            .equals(JsonSlices.quote(Trials.VALUE));
  }
}
