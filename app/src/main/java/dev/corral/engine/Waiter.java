package dev.corral.engine;

import java.util.concurrent.CompletableFuture;

/// One caller in the queue.
///
/// @param number by arrival
record Waiter(long number, Load load, CompletableFuture<Granted> answer) {}
