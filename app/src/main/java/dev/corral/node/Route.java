package dev.corral.node;

import dev.corral.model.Dialect;

/// @param path as asked, without query; a final `*` stands for one segment of any text
public record Route(String method, String path, Handler handler) {
  /// In whose words errors are told.
  Dialect dialect() {
    if (path.startsWith("/v1/messages")) {
      return Dialect.ANTHROPIC;
    }
    return path.startsWith("/v1/") ? Dialect.OPENAI : Dialect.OLLAMA;
  }

  /// True where this route's path is the one that was asked, whatever the method.
  boolean covers(String asked) {
    if (!path.endsWith("/*")) {
      return path.equals(asked);
    }
    int prefix = path.length() - 1;
    return asked.length() > prefix
        && asked.startsWith(path.substring(0, prefix))
        && asked.indexOf('/', prefix) < 0;
  }

  /// What stands for the `*`; empty where the path has none.
  String parameter(String asked) {
    return path.endsWith("/*") ? asked.substring(path.length() - 1) : "";
  }
}
