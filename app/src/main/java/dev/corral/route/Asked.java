package dev.corral.route;

/// What routing wants to know of a request.
///
/// @param model as the caller wrote it; empty for none
/// @param openai true where the route is one that a server of OpenAI's API answers as it stands or
///   by translation; false where only an Ollama node can
public record Asked(String model, boolean openai) {}
