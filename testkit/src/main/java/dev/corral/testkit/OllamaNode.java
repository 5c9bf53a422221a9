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
public final class OllamaNode extends Node {
  /// What it says in `/api/version` unless told otherwise.
  public static final String VERSION = "0.33.0-rc2";

  private final Talk talk;
  private final OllamaApi api;

  private OllamaNode(Builder builder) {
    super(builder.port);
    talk = new Talk(new ModelTable(), builder.pace);
    talk.models().putAll(builder.models);
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
  public static final class Builder {
    private int port;
    private String version = VERSION;
    private Pace pace = Pace.INSTANT;
    private List<TestModel> models = TestModel.markov();

    private Builder() {}

    /// A fixed port instead of any free one.
    public Builder port(int number) {
      port = number;
      return this;
    }

    public Builder version(String text) {
      version = text;
      return this;
    }

    /// The pace of models that have none of their own.
    public Builder pace(Pace every) {
      pace = every;
      return this;
    }

    /// These models and no others.
    public Builder models(TestModel... only) {
      models = List.of(only);
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

  /// Puts a model on the node's disk, or replaces the one of that name.
  public void add(TestModel model) {
    talk.models().put(model.name(), model, "");
  }

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
  public void onPull(String name, PullPlan plan) {
    api.management().plan(name, plan);
  }

  /// The bytes that were uploaded under `sha256:…`.
  public Optional<Body> blob(String digest) {
    return api.management().blob(digest);
  }

  /// The pace of models that have none of their own, from the next request on.
  public void pace(Pace every) {
    talk.pace(every);
  }

  @Override
  void answer(Exchange exchange, Reply reply) {
    api.answer(exchange, reply);
  }
}
