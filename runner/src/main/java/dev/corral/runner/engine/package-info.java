/// One model and the loop that runs it: loading, slots, continuous batching, sampling, the prefix
/// cache. [Engine] is the way in; everything else a caller meets is a record.
///
/// One platform thread owns all that llama.cpp allocated. Callers hand it work through a queue and
/// hear back through a [Listener], on that very thread: a listener that blocks stops every slot.
@NullMarked
package dev.corral.runner.engine;

import org.jspecify.annotations.NullMarked;
