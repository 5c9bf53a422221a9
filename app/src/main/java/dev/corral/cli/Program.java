package dev.corral.cli;

import dev.corral.config.Loaded;
import dev.corral.config.Sources;
import java.util.function.Consumer;
import java.util.function.Function;

/// The parts of the program that the command line needs and may not know; `Main` plugs them in.
///
/// @param serve starts the server with a command line that begins with `serve` or `demo`, and
///   returns when it has stopped
/// @param settings reads the whole configuration from flags, variables and files
public record Program(
    Consumer<String[]> serve, Function<Sources, ? extends Loaded<? extends Record>> settings) {}
