package dev.corral.cli;

import java.util.function.Consumer;

/// The parts of the program that the command line needs and may not know; `Main` plugs them in.
///
/// @param serve starts the server with a command line that begins with `serve` or `demo`, and
///   returns when it has stopped
public record Program(Consumer<String[]> serve) {}
