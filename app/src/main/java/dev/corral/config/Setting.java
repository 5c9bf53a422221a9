package dev.corral.config;

import java.util.List;

/// One effective value, for `config show` and `config explain`. Secrets are masked already.
///
/// @param key dotted, as in the file: `server.port`, `backends[0].url`
/// @param source `default`, `flag`, a variable's name, or `FILE:LINE`
/// @param beaten other sources that name a value too, strongest first
public record Setting(String key, String value, String source, List<Beaten> beaten) {
  public static final String DEFAULT = "default";

  public Setting {
    beaten = List.copyOf(beaten);
  }

  /// A value that a stronger source overrides.
  public record Beaten(String value, String source) {}
}
