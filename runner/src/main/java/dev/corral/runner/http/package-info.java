/// The runner's face: a subset of llama-server's HTTP on a loopback port, so that a llama-server
/// can stand in the runner's place. Field names, defaults and errors are llama-server's (0.5.0).
///
/// One event loop owns all sockets; reading, rendering and tokenizing of a request happen on a
/// virtual thread; tokens come from the engine's thread and are written by the loop. The reading
/// side is watched all the while, so that a client that leaves ends its task at once.
@NullMarked
package dev.corral.runner.http;

import org.jspecify.annotations.NullMarked;
