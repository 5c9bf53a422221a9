package dev.corral.api;

/// Body of `POST /manage/backends`.
///
/// @param kind `ollama` or `openai`; empty means `ollama`
/// @param key sent to the backend as a bearer; empty for none; never shown again
public record NewBackend(String name, String url, String kind, String key) {}
