/// JSON schemas as grammars in llama.cpp's GBNF, so that a model can only write what fits: the same
/// subset of JSON Schema as llama.cpp's own converter, bounded in depth and in size.
@NullMarked
package dev.corral.runner.grammar;

import org.jspecify.annotations.NullMarked;
