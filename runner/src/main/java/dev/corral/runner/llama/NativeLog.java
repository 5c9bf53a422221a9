package dev.corral.runner.llama;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Where llama.cpp's words go: to standard error, line by line as they come, all but its debugging.
/// Errors are kept besides, because the call that failed returns nothing but null.
public final class NativeLog {

  private NativeLog() {}

  /// `enum ggml_log_level` of ggml.h.
  private static final int DEBUG = 1;

  private static final int ERROR = 4;
  private static final int CONTINUED = 5;

  /// One line of the log is at most this long; a length that native code got wrong stops here.
  private static final long LONGEST = 64 << 10;

  private static final int ERRORS_KEPT = 32;

  private static final List<String> errors = new ArrayList<>();
  private static int level = DEBUG;

  /// The address to hand to `llama_log_set`; lives as long as the process, as the libraries do.
  static MemorySegment callback() {
    return ((Upcall) NativeLog::line).stub(Arena.global());
  }

  /// Called by llama.cpp from any thread. An exception that left an upcall would end the process.
  private static long line(long newLevel, long text, long user) {
    try {
      write((int) newLevel, MemorySegment.ofAddress(text).reinterpret(LONGEST).getString(0));
    } catch (Throwable e) {
      System.err.println("a line of llama.cpp's log was lost");
    }
    return 0;
  }

  private static synchronized void write(int newLevel, String text) {
    level = newLevel == CONTINUED ? level : newLevel;
    if (level == ERROR && errors.size() < ERRORS_KEPT) {
      errors.add(text.strip());
    }
    if (level != DEBUG) {
      System.err.print(text);
    }
  }

  /// The errors since the last time this was asked, and forgets them.
  public static synchronized List<String> takeErrors() {
    var taken = List.copyOf(errors);
    errors.clear();
    return taken;
  }
}
