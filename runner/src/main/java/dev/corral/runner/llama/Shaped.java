package dev.corral.runner.llama;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.invoke.MethodHandle;
import java.util.List;

/// One C function that a [Call] cannot make: structures or fractions cross by value.
final class Shaped {
  /// `llama_model_load_from_file`
  static final FunctionDescriptor LOAD =
      FunctionDescriptor.of(ADDRESS, ADDRESS, Layouts.MODEL_PARAMS);

  /// `llama_init_from_model`
  static final FunctionDescriptor OPEN =
      FunctionDescriptor.of(ADDRESS, ADDRESS, Layouts.CONTEXT_PARAMS);

  /// `llama_decode`
  static final FunctionDescriptor DECODE = FunctionDescriptor.of(JAVA_INT, ADDRESS, Layouts.BATCH);

  /// Links what every start needs; the JDK keeps it for those who link it again.
  static void prepare() {
    for (var shape : List.of(LOAD, OPEN, DECODE)) {
      var _ = Linker.nativeLinker().downcallHandle(shape);
    }
  }

  private final MethodHandle handle;

  Shaped(MemorySegment function, FunctionDescriptor descriptor) {
    this.handle = Linker.nativeLinker().downcallHandle(function, descriptor);
  }

  /// A function without arguments that returns a structure.
  MemorySegment asStruct(SegmentAllocator into) {
    try {
      return (MemorySegment) handle.invokeExact(into);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /// A function of an address and a structure that returns an address.
  MemorySegment asPointer(long first, MemorySegment struct) {
    try {
      return (MemorySegment) handle.invokeExact(MemorySegment.ofAddress(first), struct);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /// A function of an address and a structure that returns a number.
  int asInt(MemorySegment first, MemorySegment struct) {
    try {
      return (int) handle.invokeExact(first, struct);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /// Any shape that returns an address, for what is called once for an answer: at the price of
  /// boxing.
  MemorySegment any(Object... arguments) {
    try {
      return (MemorySegment) handle.invokeWithArguments(arguments);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  private static AssertionError broken(Throwable e) {
    return new AssertionError("a native function was called with the wrong shape", e);
  }
}
