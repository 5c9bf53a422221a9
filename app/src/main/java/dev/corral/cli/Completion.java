package dev.corral.cli;

import java.util.Locale;
import java.util.Map;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Parameters;

/// `corral completion`: a script that lets the shell complete verbs and options.
@Command(
    name = "completion",
    description = "Print a completion script for a shell: bash, zsh or fish.")
final class Completion extends Verb {
  @Parameters(paramLabel = "SHELL", description = "bash, zsh or fish")
  String shell = "";

  @Override
  void run() {
    CommandLine all = Cli.complete(new Root(root().surroundings()));
    String script =
        switch (shell.toLowerCase(Locale.ROOT)) {
          case "bash" -> AutoComplete.bash("corral", all);
          case "zsh" ->
              "autoload -U +X compinit bashcompinit && compinit && bashcompinit\n"
                  + AutoComplete.bash("corral", all);
          case "fish" -> fish(all);
          default ->
              throw new Failure(
                  Exit.USAGE,
                  "'" + shell + "' is no shell that I know",
                  "Use bash, zsh or fish: source <(corral completion bash)");
        };
    screen().out().print(script);
    screen().out().flush();
  }

  private static String fish(CommandLine all) {
    StringBuilder script = new StringBuilder("complete -c corral -f\n");
    for (Map.Entry<String, CommandLine> verb : all.getSubcommands().entrySet()) {
      CommandSpec spec = verb.getValue().getCommandSpec();
      if (spec.usageMessage().hidden()) {
        continue;
      }
      String about = about(spec.usageMessage().description());
      script.append("complete -c corral -n __fish_use_subcommand -a ").append(verb.getKey());
      script.append(" -d ").append(about).append('\n');
      String inside = " -n '__fish_seen_subcommand_from " + verb.getKey() + "'";
      for (OptionSpec option : spec.options()) {
        if (option.longestName().startsWith("--")) {
          script.append("complete -c corral").append(inside);
          script.append(" -l ").append(option.longestName().substring(2));
          script.append(option.arity().min() > 0 ? " -r" : "");
          script.append(" -d ").append(about(option.description())).append('\n');
        }
      }
      for (String part : spec.subcommands().keySet()) {
        script.append("complete -c corral").append(inside).append(" -a ").append(part).append('\n');
      }
    }
    return script.toString();
  }

  private static String about(String[] description) {
    return "'" + String.join(" ", description).replace("'", "") + "'";
  }
}
