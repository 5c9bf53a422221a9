package dev.corral.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The vocabulary of a double: a word with the blanks before it is a token, and gets its number
/// when it is first seen; `<|im_start|>` and its like are control tokens. Safe for several threads.
final class LlamaWords {
  private static final Pattern CONTROL = Pattern.compile("<\\|[a-z_]+\\|>");
  private static final List<String> OWN = List.of("<unk>", "<s>", "<|im_start|>", "<|im_end|>");

  private final List<String> words = new ArrayList<>(OWN);

  synchronized int id(String word) {
    int known = words.indexOf(word);
    if (known < 0) {
      words.add(word);
      return words.size() - 1;
    }
    return known;
  }

  /// @throws IndexOutOfBoundsException for a token that nobody has seen
  synchronized String text(int id) {
    return words.get(id);
  }

  /// @param control read control tokens as such
  List<Integer> tokens(String text, boolean control) {
    List<Integer> tokens = new ArrayList<>();
    int at = 0;
    Matcher marks = CONTROL.matcher(text);
    while (marks.find()) {
      int end = control ? marks.start() : marks.start() + 1; // a mark that only looks like one
      add(tokens, text.substring(at, end));
      if (control) {
        tokens.add(id(marks.group()));
      }
      at = control ? marks.end() : end;
    }
    add(tokens, text.substring(at));
    return tokens;
  }

  private void add(List<Integer> tokens, String text) {
    if (text.isEmpty()) {
      return;
    }
    TestModel.tokens(text).forEach(word -> tokens.add(id(word)));
  }

  /// A prompt as llama-server takes it: a text, tokens, or both mixed.
  ///
  /// @throws IllegalArgumentException where it is something else
  List<Integer> prompt(JsonNode prompt) {
    List<Integer> tokens = new ArrayList<>();
    for (JsonNode part : prompt.isArray() ? prompt : Json.array().add(prompt)) {
      if (part.isTextual()) {
        tokens.addAll(tokens(part.textValue(), true));
      } else if (part.isInt()) {
        tokens.add(part.intValue());
      } else {
        throw new IllegalArgumentException("\"prompt\" elements must be a string or tokens");
      }
    }
    return tokens;
  }

  String text(List<Integer> tokens) {
    StringBuilder text = new StringBuilder();
    tokens.forEach(token -> text.append(text(token)));
    return text.toString();
  }
}
