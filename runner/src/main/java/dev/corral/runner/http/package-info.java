/// The runner's face: a subset of llama-server's HTTP on a loopback port, so that a llama-server
/// can stand in the runner's place. Field names, defaults and errors are llama-server's (0.5.0).
///
/// Each connection has two virtual threads: one reads all the while, so that a client that leaves
/// ends its task at once, the other makes answers and writes them. What the engine's thread tells
/// goes through a queue; it never waits for a client.
@NullMarked
package dev.corral.runner.http;

import org.jspecify.annotations.NullMarked;
