package dev.corral.engine;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What is started for a model.
sealed interface Launch {
  /// Our runner.
  record Ours(Installation installation, Natives natives) implements Launch {
    /// A runner's own memory counts beside the model's: little heap, no second compiler.
    private static final List<String> JVM =
        List.of(
            "-Xms8m",
            "-Xmx128m",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-XX:-CreateCoredumpOnCrash",
            "-Xshare:auto",
            "--enable-native-access=ALL-UNNAMED",
            "-cp");
  }

  /// The user's own llama-server, behind a guard that ends it with us.
  record LlamaServer(Installation installation, Path program) implements Launch {
    private static final List<String> JVM =
        List.of(
            "-Xmx16m",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xshare:auto",
            "--enable-native-access=ALL-UNNAMED",
            "-cp");
  }

  default Facts.Kind kind() {
    return switch (this) {
      case Ours _ -> Facts.Kind.OURS;
      case LlamaServer _ -> Facts.Kind.LLAMA_SERVER;
    };
  }

  default Installation installed() {
    return switch (this) {
      case Ours(Installation installation, Natives _) -> installation;
      case LlamaServer(Installation installation, Path _) -> installation;
    };
  }

  /// Which libraries it computes with; empty where it does not say.
  default String build() {
    return switch (this) {
      case Ours(Installation _, Natives natives) -> natives.variant();
      case LlamaServer _ -> "";
    };
  }

  default List<String> command(Path model, RunnerFlags flags) {
    List<String> command = new ArrayList<>();
    command.add(installed().java().toString());
    switch (this) {
      case Ours(Installation installation, Natives natives) -> {
        command.addAll(Ours.JVM);
        command.add(installation.runnerClassPath());
        command.add(installation.runnerMain());
        command.addAll(flags.ours(model, natives.folder()));
      }
      case LlamaServer(Installation installation, Path program) -> {
        command.addAll(LlamaServer.JVM);
        command.add(installation.ownClassPath());
        command.add(Guard.class.getName());
        command.add(program.toString());
        command.addAll(flags.llamaServer(model));
      }
    }
    return command;
  }

  /// What is written to its standard input, which then stays open as long as we live.
  default String greeting(String key) {
    return switch (this) {
      case Ours _ -> "{\"key\": \"" + key + "\"}\n";
      case LlamaServer _ -> key + "\n";
    };
  }
}
