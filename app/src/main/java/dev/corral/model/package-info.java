/// The nouns that every room shares: names, digests, sizes, capabilities. Values only, no behaviour
/// that needs a clock, a disk or a network.
@NullMarked
package dev.corral.model;

import org.jspecify.annotations.NullMarked;
