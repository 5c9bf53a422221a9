package dev.corral.dialect;

import dev.corral.model.ModelName;
import dev.corral.wire.Problem;

/// What Ollama says about a name, call by call; clients look for these words. Source: Ollama
/// 0.33.0-rc2, recordings `err-missing-*`, `err-badname-*`, `err-noname-*`, `err-copy-*`.
public final class Words {
  /// The Ollama whose recorded behaviour we pass: told where no node tells its own, because clients
  /// refuse servers that they think old.
  public static final String OLLAMA_VERSION = "0.33.0-rc2";

  private Words() {}

  /// The next step after a missing model, for calls that a pull would help.
  public static String pull(String model) {
    return "Pull it: corral pull " + model;
  }

  /// No such model here, in Ollama's words alone.
  ///
  /// @param name as the caller wrote it
  public static Problem notFound(Call call, String name) {
    return Problem.of(
        404,
        switch (call) {
          case EMBED, EMBEDDINGS, V1_EMBEDDINGS ->
              "model " + GoTexts.quoted(name) + " not found, try pulling it first";
          case COPY -> "model " + GoTexts.quoted(name) + " not found";
          case SHOW ->
              "model '"
                  + ModelName.parse(name).map(ModelName::shortName).orElse(name)
                  + "' not found";
          case GENERATE,
              CHAT,
              PULL,
              PUSH,
              CREATE,
              DELETE,
              V1_CHAT,
              V1_COMPLETIONS,
              V1_RESPONSES,
              V1_MESSAGES,
              V1_COUNT_TOKENS ->
              "model '" + name + "' not found";
        });
  }

  /// A name that cannot be one.
  public static Problem invalidName(Call call, String name) {
    return Problem.of(
        400,
        switch (call) {
          case DELETE -> "name " + GoTexts.quoted(name) + " is invalid";
          case COPY -> "source " + GoTexts.quoted(name) + " is invalid";
          default -> "invalid model name";
        });
  }

  /// The other name of a copy; empty included.
  public static Problem invalidDestination(String name) {
    return Problem.of(400, "destination " + GoTexts.quoted(name) + " is invalid");
  }

  /// No model named, and none that would be meant.
  public static Problem nameRequired(Call call) {
    return switch (call) {
      case GENERATE, EMBED, V1_COMPLETIONS, V1_EMBEDDINGS -> Problem.of(404, "model '' not found");
      case PULL, CREATE, COPY -> invalidName(call, "");
      case CHAT,
          EMBEDDINGS,
          SHOW,
          PUSH,
          DELETE,
          V1_CHAT,
          V1_RESPONSES,
          V1_MESSAGES,
          V1_COUNT_TOKENS ->
          Problem.of(400, "model is required");
    };
  }
}
