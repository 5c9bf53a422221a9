package dev.corral.runner.llama;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.invoke.MethodHandle;

/// One C function that a [Call] cannot make: structures or fractions cross by value.
final class Shaped {
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
