/// Who calls, and the one decision what they may do: keys, scopes and the table of all routes,
/// which denies by default.
@NullMarked
package dev.corral.access;

import org.jspecify.annotations.NullMarked;
