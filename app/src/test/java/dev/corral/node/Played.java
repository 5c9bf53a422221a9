package dev.corral.node;

import dev.corral.Hangers;
import dev.corral.testkit.Body;
import dev.corral.testkit.Recording;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The order in which recorded requests make sense on a server that begins with nothing, and what
/// their files do not show.
final class Played {
  private static final String WORDS = "The quick ";
  private static final String CHAT =
      "{\"model\": \"%s\", \"messages\": [{\"role\": \"user\", \"content\": \"%s\"}]%s}";
  private static final String SMALL = ", \"options\": {\"num_ctx\": 1024}";

  /// Bodies that the files leave out, byte for byte as long as they say.
  private static final Map<String, String> HIDDEN =
      Map.ofEntries(
          Map.entry(
              "err-context-chat",
              CHAT.formatted("markov-a", WORDS.repeat(1500), ", \"stream\": false" + SMALL)),
          Map.entry(
              "err-context-chat-noshift",
              CHAT.formatted(
                  "markov-a",
                  WORDS.repeat(1500),
                  ", \"stream\": false, \"truncate\": false, \"shift\": false" + SMALL)),
          Map.entry(
              "err-context-chat-shift-false-markov-a",
              CHAT.formatted(
                  "markov-a", WORDS.repeat(1400), ", \"stream\": true, \"shift\": false" + SMALL)),
          Map.entry(
              "err-context-chat-shift-false-markov-tool",
              CHAT.formatted(
                  "markov-tool",
                  WORDS.repeat(1400),
                  ", \"stream\": true, \"shift\": false" + SMALL)),
          Map.entry("err-context-generate", prompt(", \"stream\": false" + SMALL)),
          Map.entry(
              "err-context-generate-noshift",
              prompt(", \"stream\": false, \"truncate\": false, \"shift\": false" + SMALL)),
          Map.entry("err-context-embed-truncate", input(", \"dimensions\": 4")),
          Map.entry("err-context-embed-notruncate", input(", \"truncate\": false")),
          Map.entry("err-context-old-embeddings", input("").replace("input", "prompt")),
          Map.entry("err-context-v1-embeddings", input(", \"dimensions\": 4")),
          Map.entry(
              "err-context-v1-chat",
              CHAT.formatted("markov-a", WORDS.repeat(6000), ", \"temperature\": 0")),
          Map.entry(
              "err-context-v1-chat-stream",
              CHAT.formatted(
                  "markov-a", WORDS.repeat(6000), ", \"temperature\": 0, \"stream\": true")));

  /// What comes first, in this order: an empty server, then models.
  private static final List<String> FIRST =
      List.of(
          "tags-empty",
          "v1-models-empty",
          "ps-empty",
          "blob-head-missing",
          "blob-post-created",
          "blob-head-present",
          "blob-post-again",
          "create-stream",
          "create-markov-b",
          "create-markov-loop",
          "create-markov-embed",
          "create-markov-think",
          "create-markov-tool",
          "create-from",
          "tags",
          "tags-head",
          "v1-models",
          "v1-model-one",
          "copy",
          "show-copy",
          "delete",
          "load-generate-empty",
          "ps");

  private static final List<String> LAST = List.of("unload", "unload-chat", "unload-not-loaded");

  private Played() {}

  private static String prompt(String more) {
    return "{\"model\": \"markov-a\", \"prompt\": \"" + WORDS.repeat(1500) + "\"" + more + "}";
  }

  private static String input(String more) {
    return "{\"model\": \"markov-embed\", \"input\": \"" + WORDS.repeat(600) + "\"" + more + "}";
  }

  static List<Recording> inOrder(List<Recording> all) {
    List<Recording> middle = new ArrayList<>(all);
    List<Recording> ordered = new ArrayList<>();
    FIRST.forEach(name -> move(name, middle, ordered));
    List<Recording> end = new ArrayList<>();
    LAST.forEach(name -> move(name, middle, end));
    ordered.addAll(middle);
    ordered.addAll(end);
    return ordered;
  }

  private static void move(String name, List<Recording> from, List<Recording> to) {
    from.stream().filter(one -> one.name().equals(name)).findFirst().ifPresent(to::add);
    from.removeIf(one -> one.name().equals(name));
  }

  /// The body as it was sent.
  ///
  /// @param upload the file whose upload is recorded
  static Body body(Recording recording, byte[] upload) {
    if (recording.repeatable()) {
      return Hangers.in(recording.requestBody());
    }
    String text = HIDDEN.get(recording.name());
    Body body = text == null ? Body.of(upload) : Body.of(text);
    if (body.size() != recording.hiddenRequestBytes()) {
      throw new IllegalStateException(
          recording.name() + " sent " + recording.hiddenRequestBytes() + ", not " + body.size());
    }
    return body;
  }
}
