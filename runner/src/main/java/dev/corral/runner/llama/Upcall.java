package dev.corral.runner.llama;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/// What llama.cpp calls back with up to three whole numbers or addresses, in one shape for the
/// reasons of [Call]. What it passes besides is nothing to look at.
@FunctionalInterface
interface Upcall {

  /// From any thread. An exception that left it would end the process.
  ///
  /// @return a flag, or anything where nothing is wanted
  long called(long first, long second, long third);

  /// Its address for llama.cpp.
  ///
  /// @param arena how long it may be called
  default MemorySegment stub(Arena arena) {
    try {
      var type = MethodType.methodType(long.class, long.class, long.class, long.class);
      var target = MethodHandles.lookup().findVirtual(Upcall.class, "called", type).bindTo(this);
      var shape = FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
      return Linker.nativeLinker().upcallStub(target, shape, arena);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("the target of an upcall is missing", e);
    }
  }
}
