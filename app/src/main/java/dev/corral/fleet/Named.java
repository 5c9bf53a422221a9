package dev.corral.fleet;

/// A backend with the place where it was named.
///
/// @param source `config`, a variable's name, `found` or `added`
public record Named(BackendSettings settings, String source) {}
