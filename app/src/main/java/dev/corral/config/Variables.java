package dev.corral.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The environment, then `.env` of the working folder, then `.env` of the home. An empty value
/// counts as none, because compose files pass `${X:-}` that way.
public final class Variables {
  /// A `.env` is a few lines; more is somebody else's file.
  private static final long LARGEST_DOT_ENV = 1 << 20;

  private static final Pattern LINE =
      Pattern.compile("\\s*(?:export\\s+)?([A-Za-z_][A-Za-z0-9_]*)\\s*=\\s*(.*?)\\s*");

  private final List<Map<String, Given>> layers = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  Variables(Map<String, String> environment, Path workingFolder, Path home) {
    Map<String, Given> first = new LinkedHashMap<>();
    environment.forEach((name, value) -> first.put(name, new Given(value, name)));
    layers.add(first);
    layers.add(dotEnv(workingFolder.resolve(".env"), ".env"));
    if (!home.toAbsolutePath().normalize().equals(workingFolder.toAbsolutePath().normalize())) {
      layers.add(dotEnv(home.resolve(".env"), "home/.env"));
    }
  }

  /// For tests and for callers that have a map only.
  public static Variables of(Map<String, String> environment) {
    Path nowhere = Path.of("/nonexistent");
    return new Variables(environment, nowhere, nowhere);
  }

  /// The strongest value of that variable.
  public Optional<Given> find(String name) {
    return all(name).stream().findFirst();
  }

  /// Every value of that variable, strongest first.
  List<Given> all(String name) {
    List<Given> found = new ArrayList<>();
    for (Map<String, Given> layer : layers) {
      Given given = layer.get(name);
      if (given != null && !given.text().isEmpty()) {
        found.add(given);
      }
    }
    return found;
  }

  /// All names that begin with that prefix and have a value.
  Set<String> names(String prefix) {
    Set<String> names = new TreeSet<>();
    for (Map<String, Given> layer : layers) {
      layer.forEach((name, given) -> {
        if (name.startsWith(prefix) && !given.text().isEmpty()) {
          names.add(name);
        }
      });
    }
    return names;
  }

  List<String> notes() {
    return notes;
  }

  private Map<String, Given> dotEnv(Path file, String shown) {
    Map<String, Given> found = new LinkedHashMap<>();
    if (!Files.isRegularFile(file)) {
      return found; // Python keeps virtual environments in folders of that name
    }
    try {
      if (Files.size(file) > LARGEST_DOT_ENV) {
        notes.add(shown + " is larger than 1 MiB and was not read");
        return found;
      }
      List<String> lines = Files.readAllLines(file);
      for (int i = 0; i < lines.size(); i++) {
        Matcher line = LINE.matcher(lines.get(i));
        if (line.matches()) {
          found.put(line.group(1), new Given(unquoted(line.group(2)), shown + ":" + (i + 1)));
        }
      }
    } catch (IOException e) {
      notes.add(shown + " could not be read as UTF-8 text and was set aside");
    }
    return found;
  }

  private static String unquoted(String value) {
    if (value.startsWith("'") || value.startsWith("\"")) {
      int end = value.indexOf(value.charAt(0), 1);
      if (end > 0) {
        return value.substring(1, end);
      }
    }
    int comment = value.indexOf(" #");
    String bare = comment >= 0 ? value.substring(0, comment).strip() : value;
    return bare.startsWith("#") ? "" : bare;
  }
}
