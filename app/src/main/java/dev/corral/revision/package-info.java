/// Anchors: what a name meant before it was pulled anew.
@NullMarked
package dev.corral.revision;

import org.jspecify.annotations.NullMarked;
