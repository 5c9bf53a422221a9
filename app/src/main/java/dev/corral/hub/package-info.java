/// Speaks to Hugging Face, or to a mirror of it: which GGUF files a repository has, grouped into
/// what one chooses from, and headers read by ranges before anything is fetched. Every failure that
/// is to be expected is a value with a sentence for people. Source of the wire facts:
/// reference/memory-fit.md, sections 1 and 7.
@NullMarked
package dev.corral.hub;

import org.jspecify.annotations.NullMarked;
