/// What happened to one request, as event records. Others count them; nobody here does.
@NullMarked
package dev.corral.exchange;

import org.jspecify.annotations.NullMarked;
