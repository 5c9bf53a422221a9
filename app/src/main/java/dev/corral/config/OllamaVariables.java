package dev.corral.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What the variables of existing set-ups say. The file beats them all.
///
/// | variable | means |
/// |---|---|
/// | `OLLAMA_BASE_URL`, `OLLAMA_ENDPOINT`, `OLLAMA_HOST` | the backend, first one that is set; never our own bind |
/// | `OLLAMA_DEFAULT_MODEL` | `default` |
/// | `OLLAMA_MAX_CONCURRENT` | `limits.concurrent` |
/// | `OLLAMA_KEEP_ALIVE` | `engine.keep-alive` |
/// | `OLLAMA_NUM_PARALLEL` | `engine.parallel`; 0 means `auto` |
/// | `OLLAMA_MAX_LOADED_MODELS` | `engine.max-loaded`; 0 means the default |
/// | `OLLAMA_CONTEXT_LENGTH` | `engine.context-length`; 0 means `auto` |
/// | `OLLAMA_ORIGINS` | `server.origins`; its wildcards are set aside |
///
/// Addresses are read as Ollama's `envconfig` reads `OLLAMA_HOST`: quotes and spaces are trimmed;
/// without a scheme it is `http` and port 11434, with one it is the scheme's port; a bad port is
/// the default one.
public final class OllamaVariables {
  private static final List<String> ADDRESSES =
      List.of("OLLAMA_BASE_URL", "OLLAMA_ENDPOINT", "OLLAMA_HOST");
  private static final String ORIGINS = "OLLAMA_ORIGINS";
  private static final String KEEP_ALIVE = "OLLAMA_KEEP_ALIVE";
  private static final Map<String, String> ENGINE =
      Map.of(
          KEEP_ALIVE,
          "engine.keep-alive",
          "OLLAMA_NUM_PARALLEL",
          "engine.parallel",
          "OLLAMA_MAX_LOADED_MODELS",
          "engine.max-loaded",
          "OLLAMA_CONTEXT_LENGTH",
          "engine.context-length");

  /// Ollama sets aside what is no number above 0, with a line in its log.
  private static final Pattern COUNT = Pattern.compile("0*[1-9]\\d*");

  private static final String OLLAMA_PORT = "11434";
  private static final String LOOPBACK = "127.0.0.1";
  private static final Set<String> EVERYWHERE = Set.of("", "0.0.0.0", "::", "[::]");

  private static final Pattern ADDRESS =
      Pattern.compile("(?:(https?)://)?(?:([^/@\\s]+)@)?([^/\\s]*)((?:/(?!/)[^\\s?#]*)?)");
  private static final Pattern HOST_PORT = Pattern.compile("(\\[[^\\]]*]|[^:\\[\\]]*):([^:]*)");
  private static final Pattern IPV6 = Pattern.compile("\\[?([0-9a-fA-F:.]*:[0-9a-fA-F:.]*)]?");
  private static final Pattern NAME = Pattern.compile("\\[[0-9a-fA-F:.]+]|[\\w.-]+");

  /// People give the base of the API that their client speaks; the node begins above it.
  private static final Pattern API_BASE = Pattern.compile("(/v1|/api(/generate|/chat)?)?/*$");

  private OllamaVariables() {}

  /// The backend that a variable names, as `scheme://host:port[/path]`, and the variable.
  public static Optional<Given> backend(Variables variables) {
    for (String name : ADDRESSES) {
      Optional<Given> given = variables.find(name);
      Optional<String> url = given.flatMap(value -> url(value.text()));
      if (given.isPresent() && url.isPresent()) {
        return Optional.of(new Given(url.get(), given.get().source()));
      }
    }
    return Optional.empty();
  }

  /// Values by path, for [Config#below]; `backends` is for people only, [#backend] tells programs.
  public static Map<String, Given> settings(Variables variables) {
    Map<String, Given> settings = new LinkedHashMap<>();
    backend(variables).ifPresent(given -> settings.put("backends", given));
    variables
        .find("OLLAMA_DEFAULT_MODEL")
        .map(given -> new Given(withoutPrefix(trimmed(given.text())), given.source()))
        .ifPresent(given -> settings.put("default", given));
    variables
        .find("OLLAMA_MAX_CONCURRENT")
        .map(given -> new Given(trimmed(given.text()), given.source()))
        .ifPresent(given -> settings.put("limits.concurrent", given));
    ENGINE.forEach((name, path) ->
        variables
            .find(name)
            .map(given -> new Given(trimmed(given.text()), given.source()))
            .filter(given -> name.equals(KEEP_ALIVE) || COUNT.matcher(given.text()).matches())
            .ifPresent(given -> settings.put(path, given)));
    variables
        .find(ORIGINS)
        .map(given -> new Given(String.join(",", origins(given.text(), false)), given.source()))
        .filter(given -> !given.text().isEmpty())
        .ifPresent(given -> settings.put("server.origins", given));
    return settings;
  }

  /// What of these variables was set aside, and why.
  public static List<String> notes(Variables variables) {
    List<String> notes = new ArrayList<>();
    for (String name : ADDRESSES) {
      variables
          .find(name)
          .filter(given -> url(given.text()).isEmpty())
          .ifPresent(given ->
              notes.add(given.source() + " is not an address of an Ollama and was set aside"));
    }
    variables
        .find(ORIGINS)
        .map(given -> origins(given.text(), true))
        .filter(patterns -> !patterns.isEmpty())
        .ifPresent(patterns ->
            notes.add(
                "OLLAMA_ORIGINS holds patterns ("
                    + String.join(", ", patterns)
                    + "); name exact origins in server.origins instead"));
    return notes;
  }

  /// `text` as `scheme://host:port[/path]`, or empty where it is no address.
  static Optional<String> url(String text) {
    Matcher address = ADDRESS.matcher(trimmed(text));
    if (!address.matches()) {
      return Optional.empty();
    }
    String scheme = address.group(1) == null ? "http" : address.group(1);
    String usual = address.group(1) == null ? OLLAMA_PORT : scheme.equals("https") ? "443" : "80";
    String host = address.group(3);
    String port = usual;
    Matcher hostPort = HOST_PORT.matcher(host);
    Matcher bare = IPV6.matcher(host);
    if (hostPort.matches()) {
      host = hostPort.group(1);
      port = isPort(hostPort.group(2)) ? hostPort.group(2) : usual;
    } else if (bare.matches()) {
      host = "[" + bare.group(1) + "]";
    }
    if (EVERYWHERE.contains(host)) {
      host = LOOPBACK;
    }
    if (!NAME.matcher(host).matches()) {
      return Optional.empty();
    }
    String user = address.group(2) == null ? "" : address.group(2) + "@";
    String path = API_BASE.matcher(address.group(4)).replaceFirst("");
    return Optional.of(scheme + "://" + user + host + ":" + port + path);
  }

  private static boolean isPort(String text) {
    return text.matches("\\d{1,5}") && Integer.parseInt(text) <= 65535;
  }

  /// Ollama allows patterns such as `app://*`; ours are exact, so that no page slips in.
  private static List<String> origins(String text, boolean patterns) {
    List<String> found = new ArrayList<>();
    for (String origin : trimmed(text).split(",", -1)) {
      if (!origin.isBlank() && origin.contains("*") == patterns) {
        found.add(origin.strip());
      }
    }
    return found;
  }

  private static String withoutPrefix(String model) {
    return model.startsWith("ollama/") ? model.substring("ollama/".length()) : model;
  }

  private static String trimmed(String text) {
    return text.strip().replaceAll("^[\"' ]+|[\"' ]+$", "");
  }
}
