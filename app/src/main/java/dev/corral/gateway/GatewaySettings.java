package dev.corral.gateway;

import dev.corral.assign.Assignments;
import dev.corral.model.ModelName;
import java.util.function.Predicate;

/// What the hot path needs of the configuration, as one immutable value that a reload replaces.
///
/// @param bodyBytes largest body of an exchange
/// @param headers which `X-Corral-*` headers an answer carries: `all`, `model`, `none`, or empty
///   for `all` without keys and `model` with
/// @param mayLeaveFor whether a node may be sent to that host for a model; given as names carry it:
///   `hf.co`, `127.0.0.1:5000`
/// @param isProtected whether nothing may remove a model; may block
public record GatewaySettings(
    Assignments assignments,
    long bodyBytes,
    String headers,
    Predicate<String> mayLeaveFor,
    Predicate<ModelName> isProtected) {}
