package dev.corral.api;

/// The body of `POST /manage/fit`. Lists are written with commas (`"2048,8192"`), and numbers and
/// arrays are taken too; what is left out is what a model is usually run with.
///
/// @param model a name, or `hf.co/OWNER/REPO:QUANT`
/// @param kv type of the cache; keys and values apart with a slash
/// @param kvK type of the keys instead, as a fit tells it
/// @param kvV type of the values instead
/// @param vram of a card that somebody thinks of; empty for this machine
/// @param formula `classic` for the old rule of thumb
public record FitAsk(
    String model,
    String context,
    String parallel,
    String kv,
    String kvK,
    String kvV,
    String ubatch,
    String flashAttention,
    boolean unified,
    String placement,
    String vram,
    String formula) {}
