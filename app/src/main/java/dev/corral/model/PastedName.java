package dev.corral.model;

/// A model's name as people type or paste it where a model is to be fetched: any form that Ollama
/// reads ([ModelName]), `ollama/llama3.2:1b`, and addresses of a browser such as
/// `https://huggingface.co/owner/repo/blob/main/file-Q4_K_M.gguf?download=true`.
public sealed interface PastedName {
  /// What was meant.
  record Meant(ModelName name) implements PastedName {}

  /// Nothing that can be fetched.
  ///
  /// @param why a clause for people
  /// @param next what to write instead
  record Wrong(String why, String next) implements PastedName {}

  /// Reads what somebody typed or pasted.
  static PastedName read(String text) {
    return Pasting.read(text);
  }
}
