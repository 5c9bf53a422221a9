package dev.corral.templates.answer;

import dev.corral.templates.ChatTemplate;
import java.util.List;
import java.util.Optional;

/// Finds out from a template how its model answers.
final class Detection {
  private static final List<ThinkingTags> KNOWN =
      List.of(
          new ThinkingTags("<seed:think>", "</seed:think>", true),
          new ThinkingTags("[THINK]", "[/THINK]", true),
          new ThinkingTags("◁think▷", "◁/think▷", true),
          new ThinkingTags("<|START_THINKING|>", "<|END_THINKING|>", true),
          new ThinkingTags("<think>", "</think>", false),
          new ThinkingTags("<thinking>", "</thinking>", false));

  private Detection() {}

  static AnswerFormat of(ChatTemplate template, String source, AnswerFormat.Blanks blanks) {
    Optional<ThinkingTags> thinking =
        KNOWN.stream()
            .filter(tags -> source.contains(tags.open()) || source.contains(tags.close()))
            .findFirst();
    return new AnswerFormat(thinking, blanks);
  }
}
