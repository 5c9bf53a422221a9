/// Lively doubles for software that talks to Ollama: real servers on real sockets that can stall,
/// cut, lie and refuse on command.
@NullMarked
package dev.corral.testkit;

import org.jspecify.annotations.NullMarked;
