/// Ollama's registry protocol, which a Hub's `hf.co/v2` speaks too: manifests, blobs by ranges, the
/// challenge for a token. Every failure that is to be expected is a value with a sentence for
/// people. Source of the protocol: reference/ollama.md section 6.
@NullMarked
package dev.corral.registry;

import org.jspecify.annotations.NullMarked;
