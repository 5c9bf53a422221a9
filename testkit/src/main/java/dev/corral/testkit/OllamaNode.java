package dev.corral.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A lively double of one Ollama server: the routes, shapes, headers and error texts of
/// v0.33.0-rc2, with models that say known sentences.
///
/// ```java
/// try (OllamaNode node = OllamaNode.start()) {
///   node.injectOnce(Fault.cutAfter(3));
///   // POST node.url() + "/api/chat" {"model": "markov-a", …}
///   node.awaitExchange("/api/chat", Duration.ofSeconds(5));
/// }
/// ```
///
/// Left out: images, logprobs, truncation of long prompts, the vendor's cloud.
public final class OllamaNode extends TalkingNode {
  /// What it says in `/api/version` unless told otherwise.
  public static final String VERSION = "0.33.0-rc2";

  private final OllamaApi api;

  private OllamaNode(Builder builder) {
    super(builder, false);
    api = new OllamaApi(talk, builder.version);
    open();
  }

  /// A node on a free port with the [models of the recordings][TestModel#markov()].
  public static OllamaNode start() {
    return builder().start();
  }

  public static Builder builder() {
    return new Builder();
  }

  /// How a node is to be.
  public static final class Builder extends TalkingNode.Builder<Builder> {
    private String version = VERSION;

    private Builder() {}

    @Override
    Builder self() {
      return this;
    }

    public Builder version(String text) {
      version = text;
      return this;
    }

    /// One more model.
    public Builder model(TestModel more) {
      List<TestModel> all = new ArrayList<>(models);
      all.add(more);
      models = all;
      return this;
    }

    public OllamaNode start() {
      return new OllamaNode(this);
    }
  }

  // --- the models ---

  /// Removes a model as `/api/delete` does.
  public void remove(String name) {
    talk.models().remove(name);
  }

  /// Names on disk as `/api/tags` shows them.
  public List<String> modelNames() {
    return talk.models().list().stream().map(ModelTable.Entry::name).toList();
  }

  /// The model behind a name.
  public Optional<TestModel> model(String name) {
    return talk.models().find(name).map(ModelTable.Entry::model);
  }

  /// Whether the model is in memory.
  public boolean isLoaded(String name) {
    return talk.models().find(name).filter(talk.models()::isLoaded).isPresent();
  }

  /// Loads a model for five minutes, as an empty request does.
  public void load(String name) {
    talk.models()
        .find(name)
        .ifPresent(
            entry -> talk.models().touch(entry, entry.model().contextLength(), (Duration) null));
  }

  /// How a pull of that name goes from now on. Without a plan, a name that is here is up to date
  /// and any other is unknown to the registry.
  ///
  /// @param plans one for each pull, in turn; the last one stays
  public void onPull(String name, PullPlan... plans) {
    api.management().plan(name, List.of(plans));
  }

  /// The bytes that were uploaded under `sha256:…`.
  public Optional<Body> blob(String digest) {
    return api.management().blob(digest);
  }

  @Override
  void answer(Exchange exchange, Reply reply) {
    api.answer(exchange, reply);
  }
}
