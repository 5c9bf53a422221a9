/// llama.cpp's C interface, version 0.5, by the JDK's Foreign Function API: bound by hand, function
/// by function, as `include/llama.h` and `ggml/include/ggml-backend.h` of that version declare
/// them.
///
/// Nothing here has a policy of its own. Objects that wrap a native one are owned by whoever made
/// them, are closed in reverse order of making, and belong to one thread unless they say otherwise.
@NullMarked
package dev.corral.runner.llama;

import org.jspecify.annotations.NullMarked;
