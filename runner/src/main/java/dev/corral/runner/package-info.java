/// The runner: one model in a process of its own, started by somebody who holds its standard input.
@NullMarked
package dev.corral.runner;

import org.jspecify.annotations.NullMarked;
