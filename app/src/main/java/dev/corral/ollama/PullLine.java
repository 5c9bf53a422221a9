package dev.corral.ollama;

import dev.corral.model.Digest;
import java.util.Optional;

/// One event of a node's pull.
///
/// @param status `pulling manifest`, `pulling 0123456789ab`, `verifying sha256 digest`, `writing
///   manifest`, `removing unused layers`, `success`; empty for an error
/// @param digest of the blob that it is about
/// @param total bytes of that blob, as the node sees it; 0 where it tells none
/// @param completed bytes of it that are there
/// @param error the node's words where it gave up; empty otherwise
public record PullLine(
    String status, Optional<Digest> digest, long total, long completed, String error) {}
