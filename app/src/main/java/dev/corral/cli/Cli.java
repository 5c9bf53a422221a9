package dev.corral.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/// The command line: reads the arguments, runs one verb, tells how it ended.
///
/// Only the verb that was asked for is built; reading the annotations of all would take longer than
/// most answers.
public final class Cli {
  private Cli() {}

  /// Runs one command line.
  ///
  /// @return the exit code
  public static int run(String[] args, Program program) {
    return run(args, Surroundings.ofProcess(program));
  }

  static int run(String[] args, Surroundings surroundings) {
    Root root = new Root(surroundings);
    Screen screen = surroundings.screen();
    CommandLine line = line(root, asked(helpAsOption(args)));
    line.setOut(new PrintWriter(screen.out(), true, StandardCharsets.UTF_8));
    line.setErr(new PrintWriter(screen.err(), true, StandardCharsets.UTF_8));
    Ending ending = new Ending(root);
    line.setParameterExceptionHandler(ending);
    line.setExecutionExceptionHandler(ending);
    return line.execute(helpAsOption(args));
  }

  /// `corral help list` is `corral list --help`.
  private static String[] helpAsOption(String[] args) {
    if (args.length == 0 || !args[0].equals("help")) {
      return args;
    }
    List<String> words = new ArrayList<>(List.of(args).subList(1, args.length));
    words.add("--help");
    return words.toArray(String[]::new);
  }

  /// The verbs by name, in the order of the help.
  private static Map<String, Supplier<Object>> verbs() {
    Map<String, Supplier<Object>> verbs = new LinkedHashMap<>();
    verbs.put("serve", StateVerbs.Serve::new);
    verbs.put("demo", StateVerbs.Demo::new);
    verbs.put("run", Run::new);
    verbs.put("list", ModelVerbs.Listing::new);
    verbs.put("ps", ModelVerbs.Loaded::new);
    verbs.put("show", Show::new);
    verbs.put("pull", PullVerb::new);
    verbs.put("hub", HubVerb::new);
    verbs.put("push", Transfers.Push::new);
    verbs.put("create", Create::new);
    verbs.put("cp", ModelVerbs.Copy::new);
    verbs.put("rm", Remove::new);
    verbs.put("trash", TrashVerbs::new);
    verbs.put("verify", Verify::new);
    verbs.put("prune", KeepVerbs.Prune::new);
    verbs.put("sizes", KeepVerbs.Sizes::new);
    verbs.put("check", KeepVerbs.Check::new);
    verbs.put("stop", ModelVerbs.Stop::new);
    verbs.put("fit", FitVerb::new);
    verbs.put("catalog", CatalogVerbs.Choose::new);
    verbs.put("catalog-check", CatalogVerbs.Check::new);
    verbs.put("use", LibraryVerbs.Use::new);
    verbs.put("adopt", LibraryVerbs.Adopt::new);
    verbs.put("protect", LibraryVerbs.Protect::new);
    verbs.put("unprotect", LibraryVerbs.Unprotect::new);
    verbs.put("explain", StateVerbs.Explain::new);
    verbs.put("backends", BackendVerbs::new);
    verbs.put("keys", KeyVerbs::new);
    verbs.put("health", StateVerbs.Health::new);
    verbs.put("doctor", Doctor::new);
    verbs.put("logs", Logs::new);
    verbs.put("config", ConfigVerbs::new);
    verbs.put("completion", Completion::new);
    verbs.put("version", StateVerbs.Telling::new);
    verbs.put("training", Training::new);
    return verbs;
  }

  private static final Map<String, String> ALIASES = Map.of("ls", "list");

  /// All verbs, for the help and for completion.
  static CommandLine complete(Root root) {
    return line(root, "");
  }

  /// @param asked the only verb to build; empty for all
  private static CommandLine line(Root root, String asked) {
    CommandLine line = new CommandLine(root);
    Map<String, Supplier<Object>> verbs = verbs();
    String name = ALIASES.getOrDefault(asked, asked);
    if (verbs.containsKey(name)) {
      line.addSubcommand(name, built(name, verbs.get(name)), aliases(name));
    } else {
      verbs.forEach((verb, made) -> line.addSubcommand(verb, built(verb, made), aliases(verb)));
    }
    CommandLine create = line.getSubcommands().get("create");
    if (create != null) {
      asOllama(create.getCommandSpec());
    }
    line.setAbbreviatedOptionsAllowed(false);
    line.setUsageHelpAutoWidth(false);
    return line;
  }

  private static CommandLine built(String verb, Supplier<Object> made) {
    CommandLine line = new CommandLine(made.get());
    Map<String, Verb> parts =
        switch (verb) {
          case "keys" -> KeyVerbs.parts();
          case "backends" -> BackendVerbs.parts();
          case "config" -> ConfigVerbs.parts();
          case "trash" -> TrashVerbs.parts();
          default -> Map.of();
        };
    for (Map.Entry<String, Verb> part : new TreeMap<>(parts).entrySet()) {
      line.addSubcommand(part.getKey(), part.getValue());
    }
    return line;
  }

  /// The letter that means `--quiet` everywhere else is another option in Ollama's `create`, and
  /// fingers know it.
  private static void asOllama(CommandSpec create) {
    OptionSpec quiet = create.findOption("-q");
    create.remove(quiet).addOption(OptionSpec.builder(quiet).names("--quiet").build());
    OptionSpec quantize = create.findOption("--quantize");
    create.remove(quantize);
    create.addOption(OptionSpec.builder(quantize).names("-q", "--quantize").build());
  }

  private static String[] aliases(String verb) {
    return ALIASES.entrySet().stream()
        .filter(alias -> alias.getValue().equals(verb))
        .map(Map.Entry::getKey)
        .toArray(String[]::new);
  }

  /// The first word that is neither an option nor an option's value.
  private static String asked(String[] args) {
    List<String> taking = List.of("--url", "--key", "--home");
    for (int at = 0; at < args.length; at++) {
      if (taking.contains(args[at])) {
        at++;
      } else if (!args[at].startsWith("-")) {
        return args[at];
      }
    }
    return "";
  }

  /// No lambdas: those of picocli's types would be spun at each start, since picocli lies outside
  /// of the AOT cache.
  private record Ending(Root root)
      implements IParameterExceptionHandler, IExecutionExceptionHandler {
    @Override
    public int handleParseException(ParameterException wrong, String[] args) {
      return wrongUsage(wrong, root);
    }

    @Override
    public int handleExecutionException(Exception thrown, CommandLine line, ParseResult parsed) {
      return failed(thrown, root);
    }
  }

  private static int wrongUsage(ParameterException wrong, Root root) {
    CommandLine at = wrong.getCommandLine();
    String verb = at.getCommandSpec().qualifiedName();
    String message = String.valueOf(wrong.getMessage());
    List<String> near = List.of();
    if (wrong instanceof UnmatchedArgumentException unmatched) {
      near = unmatched.getSuggestions();
      if (at.getParent() == null && !unmatched.getUnmatched().getFirst().startsWith("-")) {
        message = "there is no verb '" + unmatched.getUnmatched().getFirst() + "'";
      }
    }
    String next =
        near.isEmpty()
            ? "See: " + verb + " --help"
            : "Did you mean " + String.join(" or ", near) + "? All: " + verb + " --help";
    return report(new Failure(Exit.USAGE, message, next), root);
  }

  private static int failed(Exception thrown, Root root) {
    if (thrown instanceof Failure failure) {
      return report(failure, root);
    }
    if (root.surroundings().variable("CORRAL_DEBUG").isPresent()) {
      root.surroundings().screen().note(String.join("\n", trace(thrown)));
    }
    return report(
        new Failure(
            Exit.FAILED,
            "something that should not happen: " + thrown,
            "Please report it, with what CORRAL_DEBUG=1 corral … shows."),
        root);
  }

  private static List<String> trace(Throwable thrown) {
    return Arrays.stream(thrown.getStackTrace()).map(StackTraceElement::toString).toList();
  }

  private static int report(Failure failure, Root root) {
    Screen screen = root.surroundings().screen();
    if (root.json) {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("error", failure.text());
      document.put("next", failure.next());
      document.put("exit", failure.exit().code());
      screen.note(Json.line(document));
    } else {
      screen.note("Error: " + failure.text());
      if (!failure.next().isEmpty()) {
        screen.note(failure.next());
      }
    }
    return failure.exit().code();
  }
}
