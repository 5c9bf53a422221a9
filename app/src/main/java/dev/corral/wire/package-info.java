/// Bytes on the line: SSE frames, header hygiene, the flush rule, and [Problem], an error that
/// names its speaker.
@NullMarked
package dev.corral.wire;

import org.jspecify.annotations.NullMarked;
