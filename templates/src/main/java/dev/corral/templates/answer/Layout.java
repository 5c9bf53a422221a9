package dev.corral.templates.answer;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// How thinking is told from content.
///
/// @param marks all of these stand in the template, or in what it makes of an answer with thinking
/// @param thinking empty where a header tells it, or where there is none
/// @param silent marks around content that are nobody's text
/// @param headers empty where answers have none
record Layout(
    List<String> marks,
    Optional<ThinkingTags> thinking,
    List<String> silent,
    Optional<Headers> headers) {
  static final Layout PLAIN = new Layout(List.of(), Optional.empty(), List.of(), Optional.empty());

  /// The first whose marks are there counts.
  static final List<Layout> KNOWN =
      List.of(
          headed(Headers.CHANNELS, List.of("<|end|>", "<|return|>"), "<|channel|>", "<|message|>"),
          headed(Headers.RECIPIENTS, List.of("<|eom|>", "<|eot|>"), "to=self", "<|message|>"),
          headed(Headers.ARROWS, List.of(), ">>>all"),
          token("<|open|>think<|sep|>", "<|close|>think<|sep|>")
              .without(
                  "<|open|>response<|sep|>",
                  "<|close|>response<|sep|>",
                  "<|close|>message<|sep|>",
                  "<|end_of_msg|>"),
          token("<|think|>", "<|end|>").without("<|begin|>assistant", "<|content|>", "<|end|>"),
          token("<|START_THINKING|>", "<|END_THINKING|>")
              .without("<|START_TEXT|>", "<|END_TEXT|>", "<|START_RESPONSE|>", "<|END_RESPONSE|>"),
          token("<|channel>thought", "<channel|>"),
          token("<think:opensource>", "</think:opensource>"),
          token("<seed:think>", "</seed:think>"),
          token("<mm:think>", "</mm:think>"),
          token("[THINK]", "[/THINK]"),
          token("◁think▷", "◁/think▷"),
          word("<think>", "</think>", "<think></think>", "<response></response>")
              .without("<response>", "</response>"),
          word("<think>", "</think>", "<think>"),
          word("<think>", "</think>", "</think>"),
          word("<thinking>", "</thinking>", "<thinking>", "</thinking>"),
          word("<thought>", "</thought>", "<thought>", "</thought>"),
          word("<reasoning>", "</reasoning>", "<reasoning>", "</reasoning>"),
          word("Here are my reasoning steps:", "[BEGIN FINAL RESPONSE]", "[BEGIN FINAL RESPONSE]"),
          word(
              "Here is my thought process:",
              "Here is my response:",
              "Here is my thought process:",
              "Here is my response:"));

  private static Layout headed(Headers headers, List<String> silent, String... marks) {
    return new Layout(List.of(marks), Optional.empty(), silent, Optional.of(headers));
  }

  private static Layout token(String open, String close) {
    ThinkingTags tags = new ThinkingTags(open, close, true);
    return new Layout(List.of(open), Optional.of(tags), List.of(), Optional.empty());
  }

  private static Layout word(String open, String close, String... marks) {
    ThinkingTags tags = new ThinkingTags(open, close, false);
    return new Layout(List.of(marks), Optional.of(tags), List.of(), Optional.empty());
  }

  static Layout of(ThinkingTags tags) {
    return new Layout(List.of(), Optional.of(tags), List.of(), Optional.empty());
  }

  private Layout without(String... others) {
    return new Layout(marks, thinking, List.of(others), headers);
  }

  boolean thinks() {
    return thinking.isPresent() || headers.filter(kind -> !kind.equals(Headers.ARROWS)).isPresent();
  }

  /// All that must reach the parser as text.
  Stream<String> texts() {
    Stream<String> tags = thinking.stream().flatMap(pair -> Stream.of(pair.open(), pair.close()));
    Stream<String> heads =
        headers.stream().flatMap(all -> Stream.concat(all.opens().stream(), Stream.of(all.end())));
    return Stream.of(tags, silent.stream(), heads).flatMap(some -> some);
  }
}
