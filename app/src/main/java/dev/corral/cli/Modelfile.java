package dev.corral.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// A Modelfile: commands in order, each with its value.
///
/// One command a line, `#` for comments, any case; a value may stand in `"…"` or, over several
/// lines, in `"""…"""`. Source: Ollama's Modelfile reference.
record Modelfile(List<Command> commands) {
  private static final Set<String> KNOWN =
      Set.of(
          "FROM",
          "PARAMETER",
          "TEMPLATE",
          "SYSTEM",
          "ADAPTER",
          "LICENSE",
          "MESSAGE",
          "RENDERER",
          "PARSER",
          "REQUIRES");

  private static final Set<String> ROLES = Set.of("system", "user", "assistant");
  private static final String FENCE = "\"\"\"";

  /// @param name in upper case
  /// @param detail name of a parameter, role of a message; empty for others
  record Command(String name, String detail, String value) {}

  Modelfile {
    commands = List.copyOf(commands);
  }

  /// The values of one command, in order.
  List<Command> all(String name) {
    return commands.stream().filter(command -> command.name().equals(name)).toList();
  }

  /// Reads the text.
  ///
  /// @throws Failure with the line that is wrong
  static Modelfile parse(String text) {
    List<String> lines = text.lines().toList();
    List<Command> commands = new ArrayList<>();
    for (int at = 0; at < lines.size(); at++) {
      String line = lines.get(at).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      int number = at + 1;
      String[] words = line.split("\\s+", 2);
      String name = words[0].toUpperCase(Locale.ROOT);
      if (!KNOWN.contains(name)) {
        throw wrong(number, "'" + words[0] + "' is no command", "Known are " + sorted() + ".");
      }
      String detail = "";
      String value = words.length > 1 ? words[1] : "";
      if (name.equals("PARAMETER") || name.equals("MESSAGE")) {
        String[] parts = value.split("\\s+", 2);
        detail = parts[0].toLowerCase(Locale.ROOT);
        value = parts.length > 1 ? parts[1] : "";
      }
      if (value.startsWith(FENCE)) {
        StringBuilder whole = new StringBuilder(value.substring(FENCE.length()));
        while (whole.indexOf(FENCE) < 0) {
          if (++at == lines.size()) {
            throw wrong(number, "the text of " + name + " has no end", "Close it with " + FENCE);
          }
          whole.append('\n').append(lines.get(at));
        }
        value = whole.substring(0, whole.indexOf(FENCE));
      } else if (value.length() > 1 && value.startsWith("\"") && value.endsWith("\"")) {
        value = value.substring(1, value.length() - 1);
      }
      commands.add(checked(new Command(name, detail, value), number));
    }
    Modelfile modelfile = new Modelfile(commands);
    if (modelfile.all("FROM").isEmpty()) {
      throw new Failure(
          Exit.USAGE,
          "the Modelfile has no FROM",
          "Begin it with the model it builds on, for example: FROM llama3.2");
    }
    return modelfile;
  }

  private static Command checked(Command command, int line) {
    if (command.value().isEmpty() && !Set.of("SYSTEM", "TEMPLATE").contains(command.name())) {
      throw wrong(line, command.name() + " has no value", "Write it behind the command.");
    }
    if (command.name().equals("MESSAGE") && !ROLES.contains(command.detail())) {
      throw wrong(
          line,
          "'" + command.detail() + "' is no role of a message",
          "A message is of system, user or assistant.");
    }
    return command;
  }

  private static String sorted() {
    return String.join(", ", KNOWN.stream().sorted().toList());
  }

  private static Failure wrong(int line, String what, String next) {
    return new Failure(Exit.USAGE, "Modelfile, line " + line + ": " + what, next);
  }
}
