package dev.corral.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// What is said about a key outside the file: flags and variables above it, other programs'
/// variables below it.
final class Overlay {
  /// `CORRAL_*` variables that the launcher and the command line read.
  private static final Set<String> OTHERS =
      Set.of(
          "CORRAL_HOME",
          "CORRAL_URL",
          "CORRAL_KEY",
          "CORRAL_DEBUG",
          "CORRAL_JAVA_HOME",
          "CORRAL_JAVA_OPTS",
          "CORRAL_NO_BUILD",
          "CORRAL_NO_INSTALL");

  /// Kubernetes sets these in every pod beside a service called `corral` or `corral-…`.
  private static final Pattern KUBERNETES =
      Pattern.compile("CORRAL_(\\w+_)?(SERVICE_HOST|SERVICE_PORT(_\\w+)?|PORT_\\d+_(TCP|UDP)\\w*)");

  private static final Pattern KUBERNETES_ADDRESS = Pattern.compile("(tcp|udp)://.*");

  private static final String PREFIX = "CORRAL_";

  static final String FLAG = "flag";

  private final Map<String, String> flags;
  private final Variables variables;
  private final Map<String, Given> below;

  Overlay(Map<String, String> flags, Variables variables, Map<String, Given> below) {
    this.flags = new TreeMap<>(flags);
    this.variables = variables;
    this.below = below;
  }

  /// Stronger than the file, strongest first.
  List<Given> above(String path) {
    List<Given> found = new ArrayList<>();
    String flag = flags.get(path);
    if (flag != null) {
      found.add(new Given(flag, FLAG));
    }
    variables.all(Keys.variable(path)).stream()
        .filter(given -> !KUBERNETES_ADDRESS.matcher(given.text()).matches())
        .forEach(found::add);
    return found;
  }

  Optional<Given> below(String path) {
    return Optional.ofNullable(below.get(path));
  }

  void reportUnknown(Keys keys, Set<String> later, List<ConfigProblem> problems) {
    Map<String, String> known = new TreeMap<>();
    keys.settable().forEach(path -> known.put(Keys.variable(path), path));
    for (String flag : flags.keySet()) {
      if (!keys.settable().contains(flag)) {
        problems.add(new ConfigProblem("--" + flag, "", unknownFlag(flag, keys)));
      }
    }
    for (String name : variables.names(PREFIX)) {
      if (!known.containsKey(name) && !OTHERS.contains(name) && !isKubernetes(name)) {
        String where = variables.find(name).map(Given::source).orElse(name);
        String subject = where.equals(name) ? "" : name;
        problems.add(
            new ConfigProblem(where, subject, unknownVariable(name, keys, known.keySet(), later)));
      }
    }
  }

  private boolean isKubernetes(String name) {
    return KUBERNETES.matcher(name).matches()
        || variables.all(name).stream()
            .allMatch(given -> KUBERNETES_ADDRESS.matcher(given.text()).matches());
  }

  private static String unknownFlag(String flag, Keys keys) {
    if (keys.all().contains(flag)) {
      return "this cannot be given as a flag; write it in " + Sources.FILE;
    }
    return "no such setting" + hint(keys.nearest(flag, keys.settable()).map(right -> "--" + right));
  }

  private static String unknownVariable(
      String name, Keys keys, Set<String> known, Set<String> later) {
    for (String path : keys.all()) {
      if (Keys.variable(path).equals(name)) {
        return "'" + path + "' cannot be given as a variable; write it in " + Sources.FILE;
      }
    }
    for (String path : new TreeSet<>(later)) {
      String form = Keys.variable(path);
      if (name.equals(form) || name.startsWith(form + "_")) {
        return "'" + path + "' is not known to this version of Corral yet; unset the variable";
      }
    }
    Set<String> candidates = new TreeSet<>();
    known.forEach(candidate -> candidates.add(withoutPrefix(candidate)));
    OTHERS.forEach(candidate -> candidates.add(withoutPrefix(candidate)));
    Optional<String> nearest = Nearest.to(withoutPrefix(name), candidates);
    return "no such variable" + hint(nearest.map(right -> PREFIX + right));
  }

  private static String withoutPrefix(String name) {
    return name.substring(PREFIX.length());
  }

  static String hint(Optional<String> right) {
    return right.map(name -> ". Did you mean " + name + "?").orElse("");
  }
}
