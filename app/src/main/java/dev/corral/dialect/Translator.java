package dev.corral.dialect;

/// Turns one answer of a backend that speaks OpenAI's API into Ollama's shape while it passes. What
/// comes out is a valid answer of the call, also where it tells an error or stops without an end:
/// an [EndWatch] behind it judges it as it judges Ollama's own.
///
/// One instance per answer; not for several threads.
public sealed interface Translator permits FrameTranslator, WholeTranslator {
  String contentType();

  /// @return what can be passed on by now; often nothing
  byte[] feed(byte[] bytes, int from, int length);

  /// The end of the backend's body.
  ///
  /// @return the rest
  byte[] finish();
}
