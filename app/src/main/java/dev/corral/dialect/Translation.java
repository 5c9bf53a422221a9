package dev.corral.dialect;

import dev.corral.wire.Problem;

/// What becomes of a call in Ollama's dialect in front of a backend that speaks OpenAI's.
public sealed interface Translation {

  /// Ask the backend, and pass what it answers with a 2xx through the translator.
  ///
  /// @param path behind the backend's base address, which ends in `/v1`
  /// @param body JSON, to be POSTed
  @SuppressWarnings("ArrayRecordComponent") // bytes on their way out; nobody compares two
  record Ask(String path, byte[] body, Translator answer) implements Translation {}

  /// The answer is known without the backend: it cannot load or unload, and nothing was asked.
  ///
  /// @param body of a 200, `application/json; charset=utf-8`
  @SuppressWarnings("ArrayRecordComponent") // bytes on their way out; nobody compares two
  record Answered(byte[] body) implements Translation {}

  /// The request cannot be meant.
  record Refused(Problem problem) implements Translation {}
}
