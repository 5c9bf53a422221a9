package dev.corral.runner.llama;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.Collections;

/// One C function that takes and returns whole numbers, flags and addresses, as nearly all do.
///
/// The JDK makes about ten classes for each shape of a function, which no cache keeps and which
/// were most of a runner's start. So there is one shape for all of them: as many 64-bit numbers as
/// the longest has. That is what crosses anyway, on every system for which there are libraries:
/// each argument has a register or eight bytes of the stack, a function looks at as many as it has
/// and at as much of each as it declares, and what is left over is the caller's to clear away.
///
/// Never linked as critical: a call may compute for seconds and call back.
final class Call {
  /// `llama_tokenize` has so many arguments.
  private static final int MOST = 7;

  private static final MethodHandle SHAPE =
      Linker.nativeLinker()
          .downcallHandle(
              FunctionDescriptor.of(
                  JAVA_LONG, Collections.nCopies(MOST, JAVA_LONG).toArray(MemoryLayout[]::new)));

  private final MemorySegment function;

  Call(MemorySegment function) {
    this.function = function;
  }

  long asLong(long... arguments) {
    long[] all = arguments.length == MOST ? arguments : Arrays.copyOf(arguments, MOST);
    try {
      return (long)
          SHAPE.invokeExact(function, all[0], all[1], all[2], all[3], all[4], all[5], all[6]);
    } catch (Throwable e) {
      // A downcall throws nothing of its own.
      throw new AssertionError("a native function was called with the wrong shape", e);
    }
  }

  void run(long... arguments) {
    asLong(arguments);
  }

  /// Only the lower half of the register is the result; the other is whatever it was.
  int asInt(long... arguments) {
    return (int) asLong(arguments);
  }

  /// A `bool` is the lowest byte of its register.
  boolean asBoolean(long... arguments) {
    return (byte) asLong(arguments) != 0;
  }

  MemorySegment asPointer(long... arguments) {
    return MemorySegment.ofAddress(asLong(arguments));
  }

  /// A `bool` as an argument.
  static long flag(boolean is) {
    return is ? 1 : 0;
  }

  /// A null pointer that came back.
  static boolean isNull(MemorySegment pointer) {
    return pointer.address() == 0;
  }

  /// A C string of llama.cpp's own, which lives as long as what it belongs to.
  static String text(MemorySegment pointer) {
    return isNull(pointer) ? "" : pointer.reinterpret(Long.MAX_VALUE).getString(0);
  }
}
