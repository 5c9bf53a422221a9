package dev.corral.gateway;

import dev.corral.assign.Assignments;

/// What the hot path needs of the configuration, as one immutable value that a reload replaces.
///
/// @param bodyBytes largest body of an exchange
/// @param headers which `X-Corral-*` headers an answer carries: `all`, `model`, `none`, or empty
///   for `all` without keys and `model` with
public record GatewaySettings(Assignments assignments, long bodyBytes, String headers) {}
