/// The client for backends that the operator named. It follows no redirect, refuses metadata
/// addresses, never half-closes and cancels at once.
@NullMarked
package dev.corral.upstream;

import org.jspecify.annotations.NullMarked;
