/// Keeps the store whole and small: removal with a look at who uses a model, trash, verification,
/// clearing away, sizes, and the check that all that is configured is here.
@NullMarked
package dev.corral.upkeep;

import org.jspecify.annotations.NullMarked;
