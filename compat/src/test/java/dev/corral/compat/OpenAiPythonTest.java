package dev.corral.compat;

import java.util.List;

/// OpenAI's own client for Python.
final class OpenAiPythonTest extends ScriptedClient {
  @Override
  List<String> install() {
    return Installed.python("openai_python.py");
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
