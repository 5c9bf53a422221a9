package dev.corral.compat;

import java.util.List;

/// Ollama's own client for Python; its one error carries the status.
final class OllamaPythonTest extends ScriptedClient {
  @Override
  List<String> install() {
    return Installed.python("ollama_python.py");
  }

  @Override
  String chatPath() {
    return "/api/chat";
  }

  @Override
  String notFoundError() {
    return "ResponseError 404";
  }
}
