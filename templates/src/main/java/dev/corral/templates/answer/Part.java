package dev.corral.templates.answer;

/// A part of an answer, in the order in which the model wrote it. Neighbours of one kind belong
/// together: a word that came in three pieces may come out in three parts.
public sealed interface Part {
  /// What the model says. Never empty.
  record Content(String text) implements Part {}

  /// What it thinks before it speaks. Never empty.
  record Thinking(String text) implements Part {}

  /// A call of a tool, whole. Whoever speaks to a caller gives it an id.
  ///
  /// @param index of the call in this answer, counted from 0
  /// @param arguments a JSON object as text: as the model wrote it where its format is JSON, so
  ///   that `1.0` stays `1.0`; else built from what it wrote
  record ToolCall(int index, String name, String arguments) implements Part {}
}
