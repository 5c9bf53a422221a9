/// Which models there are: the curated catalog, and what was downloaded (`downloaded_models`).
@NullMarked
package dev.corral.library;

import org.jspecify.annotations.NullMarked;
