package dev.corral.runner;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/// A crash of llama.cpp must not write a model's memory to disk, which would fill it and keep what
/// people asked.
final class CoreDumps {
  /// `RLIMIT_CORE`, the same number on Linux and macOS.
  private static final int RLIMIT_CORE = 4;

  private CoreDumps() {}

  /// `setrlimit(RLIMIT_CORE, {0, 0})`. Windows knows no such call, and writes none by itself.
  static void off() {
    Linker linker = Linker.nativeLinker();
    Optional<MemorySegment> call = linker.defaultLookup().find("setrlimit");
    if (call.isEmpty()) {
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment none = arena.allocate(ValueLayout.JAVA_LONG, 2);
      var setrlimit =
          linker.downcallHandle(
              call.get(),
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
      if ((int) setrlimit.invokeExact(RLIMIT_CORE, none) != 0) {
        System.err.println("core dumps stay as the system has them: it allows no less");
      }
    } catch (Throwable e) {
      System.err.println("core dumps stay as the system has them: " + e);
    }
  }
}
