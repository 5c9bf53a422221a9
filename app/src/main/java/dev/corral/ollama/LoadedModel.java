package dev.corral.ollama;

/// A model in a backend's memory, as `/api/ps` tells it.
///
/// @param size bytes in all
/// @param sizeVram bytes on GPUs
/// @param listing the backend's own entry, as JSON text
public record LoadedModel(String name, String digest, long size, long sizeVram, String listing) {}
