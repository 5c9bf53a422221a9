/// The one way in: the listener, the checks of Host, Origin and key, and the dispatch by the table
/// of routes. Knows no handler.
@NullMarked
package dev.corral.door;

import org.jspecify.annotations.NullMarked;
