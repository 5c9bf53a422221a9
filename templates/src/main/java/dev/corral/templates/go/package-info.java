/// Go's `text/template`, as Ollama uses it for chat templates, with what Ollama does around it:
/// merging messages, feeding old templates turn by turn, filling in the middle.
///
/// Template text → [GoLexer] → [GoParser] → [GoNode], which is immutable → one [GoRun] for each
/// run. The values are typed as in Ollama's own program ([GoData]), because Go prints and compares
/// by type.
@NullMarked
package dev.corral.templates.go;

import org.jspecify.annotations.NullMarked;
