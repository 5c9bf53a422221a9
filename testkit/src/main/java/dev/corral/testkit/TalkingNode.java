package dev.corral.testkit;

import java.util.List;

/// A double whose models say known sentences.
public abstract sealed class TalkingNode extends Node permits OllamaNode, OpenAiNode {
  final Talk talk;

  TalkingNode(Builder<?> builder, boolean literalNames) {
    super(builder.port);
    talk = new Talk(new ModelTable(literalNames), builder.pace);
    talk.models().putAll(builder.models);
  }

  /// One more model on the node's disk; replaces the one of that name.
  public void add(TestModel model) {
    talk.models().put(model.name(), model, "");
  }

  /// The pace of models that have none of their own, from the next request on.
  public void pace(Pace every) {
    talk.pace(every);
  }

  /// How a node is to be.
  ///
  /// @param <B> the builder itself
  public abstract static sealed class Builder<B extends Builder<B>>
      permits OllamaNode.Builder, OpenAiNode.Builder {
    private int port;
    private Pace pace = Pace.INSTANT;
    List<TestModel> models = TestModel.markov();

    Builder() {}

    abstract B self();

    /// A fixed port instead of any free one.
    public B port(int number) {
      port = number;
      return self();
    }

    /// The pace of models that have none of their own.
    public B pace(Pace every) {
      pace = every;
      return self();
    }

    /// These models and no others.
    public B models(TestModel... only) {
      models = List.of(only);
      return self();
    }
  }
}
