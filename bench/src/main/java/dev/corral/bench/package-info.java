/// Figures: Corral beside nginx and the bare backend, in one run, as ratios.
@NullMarked
package dev.corral.bench;

import org.jspecify.annotations.NullMarked;
