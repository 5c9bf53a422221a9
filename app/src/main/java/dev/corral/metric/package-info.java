/// Renders the rooms' snapshots as Prometheus text.
@NullMarked
package dev.corral.metric;

import org.jspecify.annotations.NullMarked;
