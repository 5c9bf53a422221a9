/// Download jobs that the server owns: asked for by anybody, fetched once, resumed after a restart,
/// verified, published. One owner thread changes jobs; everybody else reads snapshots.
@NullMarked
package dev.corral.pull;

import org.jspecify.annotations.NullMarked;
