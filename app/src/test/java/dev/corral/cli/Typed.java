package dev.corral.cli;

import dev.corral.config.Config;
import dev.corral.config.Loaded;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Somebody who types command lines, and what they see.
final class Typed {
  /// A configuration of one setting, enough to try the verbs on.
  record Little(Port server) {
    record Port(int port) {}
  }

  final Map<String, String> environment = new HashMap<>();
  final List<String> served = new ArrayList<>();
  final Path home;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private String input = "";
  private boolean terminal;
  private boolean keyboard;
  private int columns;

  Typed(Path home) {
    this.home = home;
    environment.put("CORRAL_HOME", home.toString());
  }

  Typed at(Station station) {
    environment.put("CORRAL_URL", station.url());
    return this;
  }

  Typed onATerminal() {
    terminal = true;
    return this;
  }

  /// Has a terminal of that many columns.
  Typed wide(int columns) {
    this.columns = columns;
    return this;
  }

  /// Sits at a terminal and will type this when asked.
  Typed answering(String text) {
    terminal = true;
    keyboard = true;
    return piping(text);
  }

  Typed piping(String text) {
    input = text;
    return this;
  }

  int run(String... words) {
    out.reset();
    err.reset();
    return Cli.run(words, surroundings());
  }

  Surroundings surroundings() {
    InputStream in = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
    PrintStream printed = new PrintStream(out, true, StandardCharsets.UTF_8);
    PrintStream noted = new PrintStream(err, true, StandardCharsets.UTF_8);
    Screen screen =
        new Screen(
            printed,
            noted,
            keyboard,
            terminal,
            terminal,
            false,
            () -> new TerminalSize(columns, 0),
            true);
    Program program =
        new Program(
            words -> served.addAll(List.of(words)),
            sources -> {
              Loaded<Little> loaded =
                  Config.standard().load(Little.class, new Little(new Little.Port(11435)), sources);
              return loaded;
            });
    return new Surroundings(screen, in, environment, home, program);
  }

  String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  String err() {
    return err.toString(StandardCharsets.UTF_8);
  }
}
