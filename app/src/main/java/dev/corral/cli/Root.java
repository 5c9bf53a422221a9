package dev.corral.cli;

import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/// `corral` without a verb, and the options that every verb takes, before or behind it.
@Command(
    name = "corral",
    description = "Runs, manages and routes language models in front of Ollama.",
    synopsisSubcommandLabel = "VERB",
    sortOptions = false)
final class Root implements Callable<Integer> {
  private static final int DEFAULT_PORT = 11435;

  private final Surroundings surroundings;
  private @Nullable Server server;

  @Spec
  @SuppressWarnings("NullAway.Init")
  CommandSpec spec;

  @Option(
      names = "--json",
      scope = ScopeType.INHERIT,
      description = "One JSON document, or one object a line for what streams.")
  boolean json;

  @Option(
      names = {"-q", "--quiet"},
      scope = ScopeType.INHERIT,
      description = "No progress, no remarks.")
  boolean quiet;

  @Option(
      names = {"-y", "--yes"},
      scope = ScopeType.INHERIT,
      description = "Ask nothing, go on.")
  boolean yes;

  @Option(
      names = "--url",
      scope = ScopeType.INHERIT,
      paramLabel = "URL",
      description = "The server (CORRAL_URL; default: this home's, http://127.0.0.1:11435).")
  String url = "";

  @Option(
      names = "--key",
      scope = ScopeType.INHERIT,
      paramLabel = "KEY",
      description = "The key to show it (CORRAL_KEY; else admin.key of the home).")
  String key = "";

  @Option(
      names = "--home",
      scope = ScopeType.INHERIT,
      paramLabel = "FOLDER",
      description = "Corral's home (CORRAL_HOME; default ~/.corral).")
  String home = "";

  @Option(
      names = {"-h", "--help"},
      scope = ScopeType.INHERIT,
      usageHelp = true,
      description = "Tell about this verb.")
  boolean help;

  @Option(
      names = {"-v", "--version"},
      description = "Tell the version.")
  boolean version;

  Root(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    if (version) {
      Screen screen = surroundings.screen();
      screen.print("corral " + Version.own());
      return Exit.DONE.code();
    }
    spec.commandLine().usage(surroundings.screen().out());
    return Exit.DONE.code();
  }

  Surroundings surroundings() {
    return surroundings;
  }

  Path home() {
    if (!home.isEmpty()) {
      return Path.of(home);
    }
    return surroundings
        .variable("CORRAL_HOME")
        .map(Path::of)
        .orElseGet(() -> surroundings.home().resolve(".corral"));
  }

  Server server() {
    if (server == null) {
      server = new Server(address(), keyring());
    }
    return server;
  }

  Keyring keyring() {
    String given = key.isEmpty() ? surroundings.variable("CORRAL_KEY").orElse("") : key;
    return new Keyring(given.strip(), home());
  }

  URI address() {
    String given = url.isEmpty() ? surroundings.variable("CORRAL_URL").orElse("") : url;
    return given.isEmpty() ? OwnServer.address(this) : address(given);
  }

  /// Reads an address as people write it: `box`, `box:8080`, `http://box/`, `0.0.0.0`.
  static URI address(String given) {
    String text = given.strip();
    String full = text.contains("://") ? text : "http://" + text;
    try {
      URI uri = URI.create(full);
      String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
      String host = uri.getHost();
      if (host == null || !(scheme.equals("http") || scheme.equals("https"))) {
        throw new IllegalArgumentException(full);
      }
      host = host.equals("0.0.0.0") ? "127.0.0.1" : host;
      int port = uri.getPort() > 0 ? uri.getPort() : text.contains("://") ? -1 : DEFAULT_PORT;
      String path = String.valueOf(uri.getRawPath()).replaceAll("/+$", "");
      return URI.create(scheme + "://" + host + (port > 0 ? ":" + port : "") + path);
    } catch (IllegalArgumentException e) {
      throw new Failure(
          Exit.USAGE,
          "'" + given + "' is no address of a server",
          "Write it as http://HOST:PORT, in --url or CORRAL_URL.");
    }
  }
}
