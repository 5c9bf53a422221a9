package dev.corral.pull;

import dev.corral.blobs.OllamaFolder;
import dev.corral.upstream.Target;
import java.util.Optional;

/// A node as jobs see it.
///
/// @param name the backend's
/// @param store its folder of models, where it lies on this machine and may be read
/// @param mayWrite whether that folder may be written by us (`store.ollama: write`)
public record NodeSpot(
    String name, Target target, Optional<OllamaFolder> store, boolean mayWrite) {}
