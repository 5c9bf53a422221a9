/// Reads, checks and writes the header of a GGUF file, from any source of bytes and whatever the
/// bytes are: damage ends in a [Reading.Refused], never in an exception, with bounded memory and
/// time. Knows the format, no architecture.
@NullMarked
package dev.corral.gguf;

import org.jspecify.annotations.NullMarked;
