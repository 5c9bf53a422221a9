/// Pure choice: a request and snapshots in; a [Plan] (candidates in order, each with a reason) or a
/// [Refusal] out.
@NullMarked
package dev.corral.route;

import org.jspecify.annotations.NullMarked;
