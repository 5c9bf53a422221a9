/// The verbs. They start no framework and speak to the server through `/manage` and Ollama's own
/// API.
@NullMarked
package dev.corral.cli;

import org.jspecify.annotations.NullMarked;
