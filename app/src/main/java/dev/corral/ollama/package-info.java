/// Speaks to one node's management API: version, tags, ps.
@NullMarked
package dev.corral.ollama;

import org.jspecify.annotations.NullMarked;
