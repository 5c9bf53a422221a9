package dev.corral.runner.llama;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One C function, linked when it is first called, because linking costs about a millisecond and
/// most runs need half of them. Never linked as critical: a call may compute for seconds and call
/// back.
final class Call {

  /// What a procedure returns through [#any].
  private static final Object VOID = new Object();

  private final MemorySegment address;
  private final FunctionDescriptor descriptor;
  private volatile @Nullable MethodHandle linked;

  Call(MemorySegment address, FunctionDescriptor descriptor) {
    this.address = address;
    this.descriptor = descriptor;
  }

  private MethodHandle handle() {
    var handle = linked;
    if (handle == null) {
      handle = Linker.nativeLinker().downcallHandle(address, descriptor);
      linked = handle;
    }
    return handle;
  }

  int asInt() {
    try {
      return (int) handle().invokeExact();
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int asInt(MemorySegment a) {
    try {
      return (int) handle().invokeExact(a);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int asInt(MemorySegment a, int b) {
    try {
      return (int) handle().invokeExact(a, b);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int asInt(MemorySegment a, MemorySegment b) {
    try {
      return (int) handle().invokeExact(a, b);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int asInt(MemorySegment a, MemorySegment b, int c) {
    try {
      return (int) handle().invokeExact(a, b, c);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  long asLong(MemorySegment a) {
    try {
      return (long) handle().invokeExact(a);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  long asLong() {
    try {
      return (long) handle().invokeExact();
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  boolean asBoolean(MemorySegment a) {
    try {
      return (boolean) handle().invokeExact(a);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  boolean asBoolean(MemorySegment a, int b) {
    try {
      return (boolean) handle().invokeExact(a, b);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  MemorySegment asPointer() {
    try {
      return (MemorySegment) handle().invokeExact();
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  MemorySegment asPointer(MemorySegment a) {
    try {
      return (MemorySegment) handle().invokeExact(a);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  MemorySegment asPointer(int a) {
    try {
      return (MemorySegment) handle().invokeExact(a);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  MemorySegment asPointer(long a) {
    try {
      return (MemorySegment) handle().invokeExact(a);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  MemorySegment asPointer(MemorySegment a, int b) {
    try {
      return (MemorySegment) handle().invokeExact(a, b);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  MemorySegment asPointer(MemorySegment a, MemorySegment b) {
    try {
      return (MemorySegment) handle().invokeExact(a, b);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  void run() {
    try {
      handle().invokeExact();
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  void run(MemorySegment a) {
    try {
      handle().invokeExact(a);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  void run(MemorySegment a, int b) {
    try {
      handle().invokeExact(a, b);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  void run(MemorySegment a, boolean b) {
    try {
      handle().invokeExact(a, b);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  void run(MemorySegment a, MemorySegment b) {
    try {
      handle().invokeExact(a, b);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  void run(MemorySegment a, MemorySegment b, MemorySegment c) {
    try {
      handle().invokeExact(a, b, c);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /// A function that returns a structure by value.
  MemorySegment asStruct(SegmentAllocator into) {
    try {
      return (MemorySegment) handle().invokeExact(into);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /// For functions that are called a few times in a life: any shape, at the price of boxing.
  Object any(Object... arguments) {
    try {
      return Objects.requireNonNullElse(handle().invokeWithArguments(List.of(arguments)), VOID);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /// The handle itself, for a caller whose shape is its own.
  MethodHandle exact(MethodType type) {
    return handle().asType(type);
  }

  /// A null pointer that came back.
  static boolean isNull(MemorySegment pointer) {
    return pointer.address() == 0;
  }

  /// A C string of llama.cpp's own, which lives as long as what it belongs to.
  static String text(MemorySegment pointer) {
    return isNull(pointer) ? "" : pointer.reinterpret(Long.MAX_VALUE).getString(0);
  }

  /// A downcall throws nothing of its own; what arrives here is a mistake in a descriptor.
  private static AssertionError broken(Throwable e) {
    return new AssertionError("a native function was called with the wrong shape", e);
  }
}
