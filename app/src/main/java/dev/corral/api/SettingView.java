package dev.corral.api;

/// One setting with where its value comes from, in `GET /manage/settings` and `config show`.
///
/// @param key dotted, as in the file: `server.port`
/// @param value as text; secrets are masked
/// @param source `default`, `flag`, a variable's name, or `FILE:LINE`
public record SettingView(String key, String value, String source) {}
