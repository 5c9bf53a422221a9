package dev.corral.testkit;

import java.net.URI;
import java.util.Map;

/// A double of a plain OpenAI-compatible server such as vLLM or llama-server: `/v1/models`,
/// `/v1/chat/completions`, `/v1/completions`, `/v1/embeddings` and `/health`, nothing of Ollama's.
/// With a key, requests without it get 401.
public final class OpenAiNode extends TalkingNode {
  private static final Headers JSON = Headers.of("Content-Type", "application/json");

  @FunctionalInterface
  private interface Handler {
    void answer(Exchange exchange, Reply reply);
  }

  private final String key;
  private final Map<String, Handler> posts;
  private final CompatInference api;

  private OpenAiNode(Builder builder) {
    super(builder, true);
    key = builder.key;
    api = new CompatInference(talk);
    posts =
        Map.of(
            "/v1/chat/completions", api::chat,
            "/v1/completions", api::completions,
            "/v1/embeddings", api::embeddings);
    open();
  }

  /// A node on a free port with the [models of the recordings][TestModel#markov()] and no key.
  public static OpenAiNode start() {
    return builder().start();
  }

  public static Builder builder() {
    return new Builder();
  }

  /// How a node is to be.
  public static final class Builder extends TalkingNode.Builder<Builder> {
    private String key = "";

    private Builder() {}

    @Override
    Builder self() {
      return this;
    }

    /// The key that every request but `/health` must bring as `Authorization: Bearer …`.
    public Builder key(String secret) {
      key = secret;
      return this;
    }

    public OpenAiNode start() {
      return new OpenAiNode(this);
    }
  }

  /// The address that a client is given: `http://127.0.0.1:PORT/v1`.
  public URI baseUrl() {
    return url().resolve("/v1");
  }

  @Override
  void answer(Exchange exchange, Reply reply) {
    Received request = exchange.request();
    String path = request.path();
    if (path.equals("/health")) {
      reply.whole(200, JSON, Json.bytes(Json.object().put("status", "ok")));
      return;
    }
    if (!key.isEmpty() && !authorised(request)) {
      throw ApiError.of(401, "Incorrect API key provided");
    }
    if (path.equals("/v1/models") && request.method().equals("GET")) {
      api.list(exchange, reply);
    } else if (path.startsWith("/v1/models/") && request.method().equals("GET")) {
      api.one(exchange, reply);
    } else {
      post(exchange, reply, path);
    }
  }

  private void post(Exchange exchange, Reply reply, String path) {
    Handler handler = posts.get(path);
    if (handler == null) {
      throw ApiError.of(404, "Not Found");
    }
    if (!exchange.request().method().equals("POST")) {
      throw ApiError.of(405, "Method Not Allowed");
    }
    handler.answer(exchange, reply);
  }

  private boolean authorised(Received request) {
    return request.headers().first("Authorization").filter(("Bearer " + key)::equals).isPresent();
  }
}
