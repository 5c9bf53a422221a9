package dev.corral.compat;

import java.util.List;

/// Ollama's own client for JavaScript; its one error carries the status.
final class OllamaJsTest extends ScriptedClient {
  @Override
  List<String> install() {
    return Installed.node("ollama_js.mjs");
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
