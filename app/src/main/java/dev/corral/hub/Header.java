package dev.corral.hub;

import dev.corral.gguf.Gguf;

/// A header that was read from afar.
///
/// @param gguf of a split set: the first part's keys, the tensors of all, the length of all
/// @param requests that were needed, redirects not counted; 0 where it was known from before
/// @param bytesRead of all files together
public record Header(Gguf gguf, int requests, long bytesRead) {}
