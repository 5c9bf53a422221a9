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
  static Optional<Ours> onProcessor(Installation installation) {
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
            "-XX:-UsePerfData",
            "-Xlog:disable",
            "-Xlog:all=error:stderr",
            "--enable-native-access=ALL-UNNAMED");

    /// The command line of a run after which `newCache` holds what starts of this runner need, once
    /// its standard input was closed.
    public List<String> training(Path newCache, Path model, RunnerFlags flags) {
      // Only G1 writes objects into a cache; the serial collector can read them.
      return command(List.of("-XX:+UseG1GC", "-XX:AOTCacheOutput=" + newCache), model, flags);
    }

    private List<String> started(Path model, RunnerFlags flags) {
      List<String> jvm = new ArrayList<>(List.of("-XX:+UseSerialGC"));
      installation
          .classCache()
          .filter(Files::isRegularFile)
          .ifPresent(cache -> jvm.add("-XX:AOTCache=" + cache));
      return command(jvm, model, flags);
    }

    private List<String> command(List<String> more, Path model, RunnerFlags flags) {
      List<String> command = program(installation.runnerMain(), more);
      command.addAll(flags.ours(model, natives.folder()));
      return command;
    }

    /// The beginning of a command line, up to the class of the runner's that is run.
    List<String> program(String main, List<String> more) {
      List<String> command = new ArrayList<>(List.of(installation.java().toString()));
      command.addAll(JVM);
      command.addAll(more);
      command.addAll(List.of("-cp", installation.runnerClassPath(), main));
      return command;
    }
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
      case Ours ours -> ours.started(model, flags);
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
