package dev.corral.runner.llama;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/// A crash of llama.cpp must not write a model's memory to disk, which would fill it and keep what
/// people asked.
public final class CoreDumps {
  /// `RLIMIT_CORE`, the same number on Linux and macOS.
  private static final int RLIMIT_CORE = 4;

  private CoreDumps() {}

  /// `setrlimit(RLIMIT_CORE, {0, 0})`. Windows knows no such call, and writes none by itself.
  public static void off() {
    Optional<MemorySegment> setrlimit = Linker.nativeLinker().defaultLookup().find("setrlimit");
    if (setrlimit.isEmpty()) {
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment none = arena.allocate(ValueLayout.JAVA_LONG, 2);
      if (new Call(setrlimit.get()).asInt(RLIMIT_CORE, none.address()) != 0) {
        System.err.println("core dumps stay as the system has them: it allows no less");
      }
    }
  }
}
