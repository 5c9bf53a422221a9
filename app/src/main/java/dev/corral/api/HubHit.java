package dev.corral.api;

/// A repository that a search found: `GET /manage/hub?q=` gives an array of them.
///
/// @param access `open`, `gated`, `gated-by-owner` or `private`
/// @param updated ISO 8601; empty where it is not told
public record HubHit(
    String repo, String url, String access, long downloads, long likes, String updated) {}
