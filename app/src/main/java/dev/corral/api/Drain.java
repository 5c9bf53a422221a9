package dev.corral.api;

/// Body of `POST /manage/backends/{name}/drain`.
///
/// @param drain false takes the backend back into service; missing means true
public record Drain(boolean drain) {}
