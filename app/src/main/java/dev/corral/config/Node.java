package dev.corral.config;

import java.util.List;
import java.util.Map;

/// A file's tree, each part with its place (`corral.yaml:3`).
sealed interface Node {
  String place();

  /// @param text with variables put in
  /// @param written as it stands in the file, so that a message shows no variable's value
  record Text(String text, String written, String place) implements Node {}

  /// A key without a value means: the default.
  record Nothing(String place) implements Node {}

  record Items(List<Node> items, String place) implements Node {}

  record Fields(Map<String, Field> fields, String place) implements Node {}

  /// @param place of the key
  record Field(Node value, String place) {}
}
