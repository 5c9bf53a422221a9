package dev.corral.runner.http;

import java.nio.ByteBuffer;

/// A request as it came.
///
/// @param path without its query
/// @param body its bytes, all of them
/// @param room what the body takes of what all may take together; closed when it is answered
/// @param keepsAlive whether another one may follow on the same connection
record Request(String method, String path, ByteBuffer body, Bodies.Share room, boolean keepsAlive) {
  static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
}
