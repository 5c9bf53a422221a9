/// Budgets that admit or refuse before any byte is sent.
@NullMarked
package dev.corral.limit;

import org.jspecify.annotations.NullMarked;
