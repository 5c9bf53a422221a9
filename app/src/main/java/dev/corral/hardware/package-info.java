/// What this machine has, as dated snapshots with their source.
@NullMarked
package dev.corral.hardware;

import org.jspecify.annotations.NullMarked;
