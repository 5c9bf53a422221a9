package dev.corral.api;

import java.util.List;

/// `GET /manage/session`: who the caller is to this server.
///
/// With the header `X-Corral-Challenge` the answer carries a proof that this server holds the admin
/// key of its home: hex HMAC-SHA256 of the challenge under that key. A command line checks it
/// before it shows the key to anybody.
///
/// @param caller name of the key, `local` without keys, empty for nobody known
/// @param proof empty without a challenge
public record Session(boolean keysInForce, String caller, List<String> scopes, String proof) {}
