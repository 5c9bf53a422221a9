package dev.corral.dialect;

import static dev.corral.dialect.Key.DESTINATION;
import static dev.corral.dialect.Key.FROM;
import static dev.corral.dialect.Key.KEEP_ALIVE;
import static dev.corral.dialect.Key.MODEL;
import static dev.corral.dialect.Key.NAME;
import static dev.corral.dialect.Key.SOURCE;
import static dev.corral.dialect.Key.STREAM;

import dev.corral.model.Dialect;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A call with a JSON body, as the dialects know it. The constants carry the names of the routes
/// that answer them, so that a route finds its call by [#valueOf].
///
/// Struct names: recorded in `err-wrongtype-*` of Ollama 0.33.0-rc2, the rest as in its source.
@SuppressWarnings("ImmutableEnumChecker") // List.of is immutable; the checker cannot see it
public enum Call {
  GENERATE(Dialect.OLLAMA, "api.GenerateRequest", true, MODEL, STREAM, KEEP_ALIVE),
  CHAT(Dialect.OLLAMA, "api.ChatRequest", true, MODEL, STREAM, KEEP_ALIVE),
  EMBED(Dialect.OLLAMA, "api.EmbedRequest", false, MODEL, KEEP_ALIVE),
  EMBEDDINGS(Dialect.OLLAMA, "api.EmbeddingRequest", false, MODEL, KEEP_ALIVE),
  SHOW(Dialect.OLLAMA, "api.ShowRequest", false, MODEL, NAME),
  PULL(Dialect.OLLAMA, "api.PullRequest", true, MODEL, NAME, STREAM),
  PUSH(Dialect.OLLAMA, "api.PushRequest", true, MODEL, NAME, STREAM),
  CREATE(Dialect.OLLAMA, "api.CreateRequest", true, MODEL, NAME, FROM, STREAM),
  COPY(Dialect.OLLAMA, "api.CopyRequest", false, SOURCE, DESTINATION),
  DELETE(Dialect.OLLAMA, "api.DeleteRequest", false, MODEL, NAME),
  V1_CHAT(Dialect.OPENAI, "openai.ChatCompletionRequest", false, MODEL, STREAM),
  V1_COMPLETIONS(Dialect.OPENAI, "openai.CompletionRequest", false, MODEL, STREAM),
  V1_EMBEDDINGS(Dialect.OPENAI, "openai.EmbedRequest", false, MODEL),
  V1_RESPONSES(Dialect.OPENAI, "openai.ResponsesRequest", false, MODEL, STREAM),
  V1_MESSAGES(Dialect.ANTHROPIC, "anthropic.MessagesRequest", false, MODEL, STREAM),
  V1_COUNT_TOKENS(Dialect.ANTHROPIC, "anthropic.CountTokensRequest", false, MODEL);

  private final Dialect dialect;
  private final String goType;
  private final boolean streamsByDefault;
  private final List<Key> keys;

  Call(Dialect dialect, String goType, boolean streamsByDefault, Key... keys) {
    this.dialect = dialect;
    this.goType = goType;
    this.streamsByDefault = streamsByDefault;
    this.keys = List.of(keys);
  }

  public Dialect dialect() {
    return dialect;
  }

  /// True where an absent `stream` means a stream.
  public boolean streamsByDefault() {
    return streamsByDefault;
  }

  /// The top-level keys that matter to Corral in this call.
  public List<Key> keys() {
    return keys;
  }

  /// The key that these UTF-8 bytes are; null for one that does not matter.
  @Nullable Key keyOf(byte[] bytes, int length) {
    for (int i = 0; i < keys.size(); i++) {
      if (keys.get(i).matches(bytes, length)) {
        return keys.get(i);
      }
    }
    return null;
  }

  /// The Go type that Ollama reads the body into; its error texts name it.
  String goType() {
    return goType;
  }
}
