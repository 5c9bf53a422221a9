package dev.corral.access;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A key as we keep it: without its secret.
///
/// @param id ours, random; a name may be used again once its key is revoked, an id never
/// @param hint the first characters of the secret, to tell keys apart
/// @param scopes as they were given; [#may] knows what they include
/// @param expiresAt null for never
/// @param revokedAt null while it is in force
public record Key(
    String id,
    String name,
    String hint,
    Set<Scope> scopes,
    Instant createdAt,
    @Nullable Instant expiresAt,
    @Nullable Instant revokedAt) {
  public Key {
    scopes = Set.copyOf(scopes);
  }

  public boolean may(Scope scope) {
    for (Scope own : scopes) {
      if (own.includes(scope)) {
        return true;
      }
    }
    return false;
  }

  boolean expired(long nowMillis) {
    return expiresAt != null && expiresAt.toEpochMilli() <= nowMillis;
  }
}
