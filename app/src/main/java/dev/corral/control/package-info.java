/// The control plane: `/manage`, the page, and the feed of events.
@NullMarked
package dev.corral.control;

import org.jspecify.annotations.NullMarked;
