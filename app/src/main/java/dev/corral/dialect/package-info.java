/// Ollama, OpenAI and Anthropic shapes: what a request asks for, how an answer ends, how an error
/// is told, and the translation between them.
@NullMarked
package dev.corral.dialect;

import org.jspecify.annotations.NullMarked;
