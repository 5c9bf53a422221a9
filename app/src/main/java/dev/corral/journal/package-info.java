/// What happened, written down: one line for each exchange and each notice, in a file that is
/// rotated, and the last exchanges in memory. Nobody waits for the disk.
@NullMarked
package dev.corral.journal;

import org.jspecify.annotations.NullMarked;
