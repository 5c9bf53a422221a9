package dev.corral.registry;

import dev.corral.model.Digest;
import dev.corral.model.Manifest;

/// What asking for a manifest came to.
public sealed interface Fetched permits Fetched.Found, Trouble {
  /// @param bytes as they came, which are what the digest is of
  @SuppressWarnings("ArrayRecordComponent") // never compared; kept and written as it is
  record Found(byte[] bytes, Manifest manifest, Digest digest) implements Fetched {}
}
