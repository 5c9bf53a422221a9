package dev.corral.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `corral run`: one answer to a prompt, or a conversation. A model that is missing is pulled
/// first, as Ollama does.
@Command(name = "run", description = "Ask a model, or talk with it.")
final class Run extends Verb {
  @Parameters(index = "0", paramLabel = "MODEL")
  String model = "";

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "PROMPT",
      description = "What to ask; standard input is put before it. Without either: a conversation.")
  List<String> prompt = new ArrayList<>();

  @Option(names = "--verbose", description = "Tell timings behind each answer.")
  boolean verbose;

  @Option(names = "--format", paramLabel = "FORMAT", description = "'json' for a JSON answer.")
  String format = "";

  @Option(
      names = "--keepalive",
      paramLabel = "SPAN",
      description = "How long the model stays in memory, for example 10m; -1 for ever.")
  String keepAlive = "";

  @Option(
      names = "--think",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "LEVEL",
      description = "Think before the answer: true, false, low, medium, high.")
  String think = "";

  @Option(names = "--hidethinking", description = "Do not show the thinking.")
  boolean hideThinking;

  @Option(
      names = "--dimensions",
      paramLabel = "N",
      description = "Of a vector, for models that make vectors.")
  int dimensions;

  @Option(
      names = "--truncate",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "true|false",
      description = "A text that is too long for a vector is cut, or refused (default true).")
  boolean truncate = true;

  @Option(names = "--nowordwrap", description = "Leave it to the terminal where lines break.")
  boolean noWordWrap;

  @Option(names = "--insecure", description = "Pull from a registry without a right certificate.")
  boolean insecure;

  @Override
  void run() {
    JsonNode told = told();
    String asked = asked();
    if (asked.isBlank() && screen().inTerminal() && screen().outTerminal()) {
      new Chat(this, told).talk();
    } else if (asked.isBlank()) {
      throw new Failure(
          Exit.USAGE,
          "there is no prompt, and no terminal to ask for one",
          "Give it as an argument or on standard input: corral run " + model + " \"Why?\"");
    } else if (embeds(told)) {
      Map<String, Object> ask = new LinkedHashMap<>(Map.of("model", model, "input", asked));
      ask.put("truncate", truncate);
      if (dimensions > 0) {
        ask.put("dimensions", dimensions);
      }
      JsonNode embedded = server().post("/api/embed", ask);
      document(json() ? embedded : embedded.path("embeddings").path(0));
    } else {
      answer(asked, told);
    }
  }

  /// True where a model looks at pictures or listens to sounds.
  static boolean attends(JsonNode told) {
    String capabilities = told.path("capabilities").toString();
    return capabilities.contains("\"vision\"") || capabilities.contains("\"audio\"");
  }

  private static boolean embeds(JsonNode told) {
    String capabilities = told.path("capabilities").toString();
    return capabilities.contains("\"embedding\"") && !capabilities.contains("\"completion\"");
  }

  private JsonNode told() {
    try {
      return server().post("/api/show", Show.named(model));
    } catch (Failure failure) {
      if (failure.exit() != Exit.MISSING) {
        throw failure;
      }
      Transfers.Pull.fetch(this, model, insecure);
      return server().post("/api/show", Show.named(model));
    }
  }

  /// Standard input first, then the arguments, as Ollama joins them.
  private String asked() {
    List<String> parts = new ArrayList<>();
    if (!screen().inTerminal()) {
      try {
        byte[] piped = root().surroundings().in().readAllBytes();
        parts.add(new String(piped, StandardCharsets.UTF_8));
      } catch (IOException e) {
        throw new Failure(Exit.FAILED, "standard input cannot be read: " + Answers.words(e), "");
      }
    }
    parts.addAll(prompt);
    return String.join(" ", parts).strip();
  }

  private void answer(String asked, JsonNode told) {
    Map<String, Object> ask = options();
    Attached question = attends(told) ? Attached.read(asked) : Attached.none(asked);
    ask.put("prompt", question.text());
    if (!question.contents().isEmpty()) {
      ask.put("images", question.contents());
      if (!root().quiet) {
        question.told().forEach(screen()::note);
      }
    }
    if (json()) {
      server().stream("/api/generate", ask, this::document);
      return;
    }
    Answer answer =
        new Answer(
            screen(), this::write, showsThinking(), () -> columns(screen().size().get().columns()));
    server().stream("/api/generate", ask, answer);
    screen().print("");
    if (verbose) {
      answer.timings().forEach(screen()::note);
    }
    requireWhole(answer);
  }

  void requireWhole(Answer answer) {
    if (!answer.whole()) {
      throw new Failure(
          Exit.FAILED,
          "the answer ends without its last part; it may not be whole",
          "See what happened there: corral logs");
    }
  }

  /// Members that every question has.
  Map<String, Object> options() {
    Map<String, Object> ask = new LinkedHashMap<>();
    ask.put("model", model);
    if (!format.isEmpty()) {
      ask.put("format", format);
    }
    if (!keepAlive.isEmpty()) {
      ask.put("keep_alive", Create.value(keepAlive));
    }
    if (!think.isEmpty()) {
      ask.put("think", Create.value(think));
    }
    return ask;
  }

  /// Thinking is for people to look at; a program gets the answer alone.
  boolean showsThinking() {
    return !hideThinking && screen().outTerminal();
  }

  /// The columns between which words are kept whole: none without a terminal.
  int columns(int ofTerminal) {
    return noWordWrap || !screen().outTerminal() ? 0 : ofTerminal;
  }

  private void write(String words) {
    screen().out().print(words);
    if (screen().out().checkError()) {
      throw new Failure(Exit.FAILED, "nobody reads the answer any more", "");
    }
  }
}
