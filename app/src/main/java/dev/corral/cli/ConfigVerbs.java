package dev.corral.cli;

import dev.corral.api.SettingView;
import dev.corral.config.ConfigProblem;
import dev.corral.config.Loaded;
import dev.corral.config.Setting;
import dev.corral.config.Sources;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `corral config`: what the configuration says, without a server.
@Command(name = "config", description = "Check, show and explain the configuration.")
final class ConfigVerbs extends Verb {
  @Override
  void run() {
    spec.commandLine().usage(screen().out());
  }

  /// The subcommands, by name.
  static Map<String, Verb> parts() {
    return Map.of("check", new Check(), "show", new Showing(), "explain", new Explain());
  }

  @Command(name = "check", description = "Is the configuration right? Names each mistake.")
  static final class Check extends Verb {
    @Parameters(arity = "0..1", paramLabel = "FILE", description = "Default: that of the home.")
    @Nullable Path file;

    @Override
    void run() {
      Loaded.Valid<?> valid = loaded(this, file);
      if (json()) {
        document(Map.of("valid", true, "file", valid.file(), "notes", valid.notes()));
        return;
      }
      valid.notes().forEach(screen()::note);
      done(
          valid.file().isEmpty()
              ? "right: no file, only defaults and variables"
              : "right: " + valid.file());
    }
  }

  @Command(name = "show", description = "Every effective setting with where it comes from.")
  static final class Showing extends Verb {
    @Option(names = "--config", paramLabel = "FILE", description = "Default: that of the home.")
    @Nullable Path file;

    @Override
    void run() {
      List<Setting> entries = loaded(this, file).entries();
      if (json()) {
        document(entries.stream().map(ConfigVerbs::view).toList());
        return;
      }
      List<List<String>> rows =
          entries.stream().map(e -> List.of(e.key(), e.value(), e.source())).toList();
      screen().table(List.of("KEY", "VALUE", "SOURCE"), rows);
    }
  }

  @Command(name = "explain", description = "Where one setting comes from, and what it beats.")
  static final class Explain extends Verb {
    @Parameters(paramLabel = "KEY", description = "For example server.port, or server.")
    String key = "";

    @Option(names = "--config", paramLabel = "FILE", description = "Default: that of the home.")
    @Nullable Path file;

    @Override
    void run() {
      Loaded.Valid<?> valid = loaded(this, file);
      List<Setting> entries = valid.explain(key);
      if (entries.isEmpty()) {
        throw new Failure(
            Exit.MISSING, "there is no setting '" + key + "'", "All there are: corral config show");
      }
      if (json()) {
        document(entries);
        return;
      }
      for (Setting entry : entries) {
        screen().print(entry.key() + ": " + shown(entry.value()));
        screen().print("  from " + entry.source());
        for (Setting.Beaten beaten : entry.beaten()) {
          screen().print("  beats " + beaten.source() + ", which says " + shown(beaten.value()));
        }
      }
      valid.notes().forEach(screen()::note);
    }
  }

  private static String shown(String value) {
    return value.isEmpty() ? "(empty)" : value;
  }

  private static SettingView view(Setting entry) {
    return new SettingView(entry.key(), entry.value(), entry.source());
  }

  private static Loaded.Valid<?> loaded(Verb verb, @Nullable Path file) {
    return switch (load(verb.root(), file)) {
      case Loaded.Valid<?> valid -> valid;
      case Loaded.Invalid<?> invalid -> throw refused(verb, invalid.problems());
    };
  }

  static Loaded<?> load(Root root, @Nullable Path file) {
    Surroundings surroundings = root.surroundings();
    Sources sources =
        new Sources(Map.of(), surroundings.environment(), Path.of(""), root.home(), file);
    return surroundings.program().settings().apply(sources);
  }

  private static Failure refused(Verb verb, List<ConfigProblem> problems) {
    List<String> texts = new ArrayList<>(problems.stream().map(ConfigProblem::text).toList());
    String first = texts.removeFirst();
    texts.forEach(verb.screen()::note);
    return new Failure(
        Exit.USAGE, first, "The server does not start like this. Put it right and check again.");
  }
}
