/// The JSON records of `/manage`, shared by `control` (which writes them) and `cli` (which reads
/// them).
@NullMarked
package dev.corral.api;

import org.jspecify.annotations.NullMarked;
