/// Jinja, as the `transformers` library sets it up for chat templates: `trim_blocks` and
/// `lstrip_blocks`, loop controls, the `generation` tag, JSON with Python's spacing. The language
/// runs on Python's values, so their printing, slicing, comparing and methods are here too.
///
/// Template text → [Lexer] → [Parser] → [Statement] and [Expression], which are immutable → one
/// [Rendering] for each run, with [Statements] and [Expressions] walking the tree.
@NullMarked
package dev.corral.templates.jinja;

import org.jspecify.annotations.NullMarked;
