package dev.corral.engine;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What is started for a model.
public sealed interface Launch {
  /// Our runner with the engine's libraries for the bare processor, as they lie in the folder that
  /// the launcher named; empty where it named none.
  static Optional<Launch> onProcessor(Installation installation) {
    return installation
        .natives()
        .flatMap(root -> Natives.find(root, "cpu", List.of()))
        .map(natives -> new Ours(installation, natives));
  }

  /// Our runner.
  record Ours(Installation installation, Natives natives) implements Launch {
    /// A runner's own memory counts beside the model's: little heap, no second compiler. Its
    /// standard output belongs to its first line, so the JVM's own remarks go elsewhere.
    private static final List<String> JVM =
        List.of(
            "-Xms8m",
            "-Xmx128m",
            "-XX:TieredStopAtLevel=1",
            "-XX:-CreateCoredumpOnCrash",
            "-Xlog:disable",
            "-Xlog:all=error:stderr",
            "--enable-native-access=ALL-UNNAMED");

    private static List<String> jvm() {
      List<String> flags = new ArrayList<>(JVM);
      flags.add("-XX:+UseSerialGC");
      Installation.cache()
          .filter(Files::isRegularFile)
          .ifPresent(cache -> flags.add("-XX:AOTCache=" + cache));
      return flags;
    }

    /// Only G1 writes objects into a cache; the serial collector can read them.
    private static List<String> jvm(Path newCache) {
      List<String> flags = new ArrayList<>(JVM);
      flags.add("-XX:+UseG1GC");
      flags.add("-XX:AOTCacheOutput=" + newCache);
      return flags;
    }
  }

  /// The command line of a run after which `newCache` holds what starts of this runner need, once
  /// its standard input was closed. A llama-server has none.
  default List<String> training(Path newCache, Path model, RunnerFlags flags) {
    return switch (this) {
      case Ours ours -> ours(ours, Ours.jvm(newCache), model, flags);
      case LlamaServer _ -> List.of();
    };
  }

  private static List<String> ours(Ours ours, List<String> jvm, Path model, RunnerFlags flags) {
    List<String> command = new ArrayList<>();
    command.add(ours.installation().java().toString());
    command.addAll(jvm);
    command.add("-cp");
    command.add(ours.installation().runnerClassPath());
    command.add(ours.installation().runnerMain());
    command.addAll(flags.ours(model, ours.natives().folder()));
    return command;
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

  /// Who it is, for those who read its first lines.
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

  /// The command line for a model.
  default List<String> command(Path model, RunnerFlags flags) {
    return switch (this) {
      case Ours ours -> ours(ours, Ours.jvm(), model, flags);
      case LlamaServer(Installation installation, Path program) -> {
        List<String> command = new ArrayList<>();
        command.add(installation.java().toString());
        command.addAll(LlamaServer.JVM);
        command.add(installation.ownClassPath());
        command.add(Guard.class.getName());
        command.add(program.toString());
        command.addAll(flags.llamaServer(model));
        yield command;
      }
    };
  }

  /// What is written to its standard input, which then stays open as long as we live.
  default String greeting(String key) {
    return switch (this) {
      case Ours _ -> "{\"key\": \"" + key + "\"}\n";
      case LlamaServer _ -> key + "\n";
    };
  }
}
