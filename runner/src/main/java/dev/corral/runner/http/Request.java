package dev.corral.runner.http;

import java.nio.ByteBuffer;

/// A request as it came.
///
/// @param path without its query
/// @param body its bytes, all of them
/// @param keepsAlive whether another one may follow on the same connection
record Request(String method, String path, ByteBuffer body, boolean keepsAlive) {
  static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
}
