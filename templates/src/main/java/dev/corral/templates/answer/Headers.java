package dev.corral.templates.answer;

import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The headers of models that begin each message of an answer with one: it says whom the message is
/// for, and so whether it is thinking, a call, or an answer.
///
/// @param opens what a header begins with
/// @param first what the first may begin with besides, because the prompt holds its beginning
/// @param end what a header ends with
/// @param promptEnd a prompt that ends so leaves the rest of the header to the answer; empty where
///   none does
/// @param reading understands a header, without its end
record Headers(
    List<String> opens,
    List<String> first,
    String end,
    String promptEnd,
    Function<String, Heading> reading) {
  sealed interface Heading {
    record Thinks() implements Heading {}

    record Speaks() implements Heading {}

    record Calls(String name) implements Heading {}
  }

  /// The longest header; what is longer is content.
  static final int MAX = 256;

  private static final Pattern RECIPIENT = Pattern.compile("to=functions\\.([\\w.-]+)");

  /// `<|channel|>analysis<|message|>`, `<|start|>assistant to=functions.f<|channel|>commentary
  /// json<|message|>`: what OpenAI calls harmony.
  static final Headers CHANNELS =
      new Headers(
          List.of("<|channel|>", "<|start|>"),
          List.of("to="),
          "<|message|>",
          "",
          header -> {
            Matcher recipient = RECIPIENT.matcher(header);
            if (recipient.find()) {
              return new Heading.Calls(recipient.group(1));
            }
            return header.contains("analysis") ? new Heading.Thinks() : new Heading.Speaks();
          });

  /// `<|start|>assistant to=self<|message|>`; a call is written within the message.
  static final Headers RECIPIENTS =
      new Headers(
          List.of("<|start|>"),
          List.of("to="),
          "<|message|>",
          "",
          header ->
              header.strip().endsWith("to=self") ? new Heading.Thinks() : new Heading.Speaks());

  /// `>>>all` and a line break, or `>>>` and the name of a tool.
  static final Headers ARROWS =
      new Headers(
          List.of(">>>"),
          List.of(),
          "\n",
          ">>>",
          header -> {
            String name = header.replace(">>>", "").strip();
            return name.equals("all") ? new Heading.Speaks() : new Heading.Calls(name);
          });
}
