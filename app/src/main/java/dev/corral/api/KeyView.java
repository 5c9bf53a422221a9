package dev.corral.api;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A key without its secret, in `GET /manage/keys`.
///
/// @param name unique among the keys in force
/// @param hint the first characters of the secret, to tell keys apart
/// @param expiresAt null for never
/// @param lastUsed to the minute; null for never
public record KeyView(
    String name,
    String hint,
    List<String> scopes,
    Instant createdAt,
    @Nullable Instant expiresAt,
    @Nullable Instant lastUsed) {

  /// Body of `POST /manage/keys`.
  ///
  /// @param expiresIn such as `90d`, `12h`; empty for never
  public record New(String name, List<String> scopes, String expiresIn) {}

  /// Answer to `POST /manage/keys`; the only time the secret is shown.
  public record Created(KeyView key, String secret) {}
}
