package dev.corral.wire;

import org.jspecify.annotations.Nullable;

/// How Corral recognises itself. Every call that we make carries the ids of the instances it went
/// through; one that meets its own id has gone in a circle and is cut.
public final class Via {
  public static final String HEADER = "X-Corral-Via";

  /// RFC 5842: Loop Detected.
  public static final int LOOP_STATUS = 508;

  private Via() {}

  /// True where `header` says that the call has been through `instance`.
  public static boolean holds(@Nullable String header, String instance) {
    return header != null && header.contains(instance);
  }

  /// The header for the next call.
  public static String onward(@Nullable String header, String instance) {
    return header == null ? instance : header + ", " + instance;
  }
}
