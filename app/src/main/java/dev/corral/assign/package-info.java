/// Wanted state: which model an alias or nobody's name means.
@NullMarked
package dev.corral.assign;

import org.jspecify.annotations.NullMarked;
