package dev.corral.api;

/// The body of `POST /manage/pulls`.
///
/// @param on the backend whose store gets the model; empty for our own
public record NewPull(String model, String on) {}
