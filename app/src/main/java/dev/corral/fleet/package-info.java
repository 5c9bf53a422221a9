/// The backends: which there are, how healthy, what they hold, what is in flight. One owner thread,
/// immutable snapshots.
@NullMarked
package dev.corral.fleet;

import org.jspecify.annotations.NullMarked;
