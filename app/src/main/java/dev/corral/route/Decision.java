package dev.corral.route;

/// The answer of [Router#plan].
public sealed interface Decision permits Plan, Refusal {}
