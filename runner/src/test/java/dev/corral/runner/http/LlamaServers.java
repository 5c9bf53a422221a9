package dev.corral.runner.http;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How a llama-server, or its double, is started.
final class LlamaServers {
  private static final Pattern LISTENING =
      Pattern.compile("listening on http://127\\.0\\.0\\.1:(\\d+)");

  private LlamaServers() {}

  static List<String> flags(Path model, int context, int slots, boolean embeds) {
    List<String> flags = new ArrayList<>();
    flags.addAll(List.of("--model", model.toString(), "--host", "127.0.0.1", "--port", "0"));
    flags.addAll(List.of("--ctx-size", String.valueOf(context * slots), "--threads", "1"));
    flags.addAll(List.of("--parallel", String.valueOf(slots), "--no-kv-unified", "--slots"));
    flags.addAll(List.of("--jinja", "--no-webui"));
    if (embeds) {
      flags.add("--embeddings");
    }
    return flags;
  }

  /// Starts it and waits until it listens.
  static Child ready(List<String> command, Map<String, String> environment) {
    Child child = Child.start(environment, command);
    Matcher port = LISTENING.matcher(child.awaitLine(line -> LISTENING.matcher(line).find()));
    if (!port.find()) {
      throw new AssertionError(child.log());
    }
    return child.at(Integer.parseInt(port.group(1)));
  }
}
