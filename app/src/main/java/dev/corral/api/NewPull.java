package dev.corral.api;

/// The body of `POST /manage/pulls`.
///
/// @param on the backend whose store gets the model, or `all`; empty for the first that holds it,
///   or the first there is
public record NewPull(String model, String on) {}
