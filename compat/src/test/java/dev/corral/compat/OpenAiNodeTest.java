package dev.corral.compat;

import java.util.List;

/// OpenAI's own client for JavaScript.
final class OpenAiNodeTest extends ScriptedClient {
  @Override
  List<String> install() {
    return Installed.node("openai_node.mjs");
  }

  @Override
  String chatPath() {
    return "/v1/chat/completions";
  }

  @Override
  String notFoundError() {
    return "NotFoundError";
  }
}
