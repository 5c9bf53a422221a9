package dev.corral.fleet;

import java.util.List;

/// One backend as the operator names it.
///
/// @param name how people and metrics call it; letters, digits, `-` and `_`
/// @param url scheme, host, port and, for `openai`, the base path (`https://api.example.com/v1`);
///   [#INSIDE] for a backend inside this program
/// @param kind `ollama`, or `openai` for anything that speaks OpenAI's API
/// @param key sent as `Authorization: Bearer`; empty for none
/// @param weight share among equals, above 0
/// @param models for `openai`: the models to offer; empty means whatever `/models` lists
/// @param store for an Ollama on this machine: its folder of models, where we may read what it has;
///   empty where it is not told
public record BackendSettings(
    String name,
    String url,
    String kind,
    String key,
    double weight,
    List<String> models,
    String store) {
  /// Instead of a URL: no address, the backend answers within this program.
  public static final String INSIDE = "inside:";

  public static BackendSettings defaults() {
    return new BackendSettings("", "", "ollama", "", 1, List.of(), "");
  }

  /// One whose folder nobody named.
  public BackendSettings(
      String name, String url, String kind, String key, double weight, List<String> models) {
    this(name, url, kind, key, weight, models, "");
  }

  public BackendSettings {
    models = List.copyOf(models);
    if (!kind.equals("ollama") && !kind.equals("openai")) {
      throw new IllegalArgumentException("kind is 'ollama' or 'openai', not '" + kind + "'");
    }
    if (!(weight > 0)) {
      throw new IllegalArgumentException("weight must be above 0, not " + weight);
    }
  }

  /// Keys stay out of logs.
  @Override
  public String toString() {
    return name + " (" + kind + ") " + url;
  }
}
