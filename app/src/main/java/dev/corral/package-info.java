/// Corral: one program in front of Ollama. `Main` chooses the verb; the wiring builds every room on
/// one page.
@NullMarked
package dev.corral;

import org.jspecify.annotations.NullMarked;
