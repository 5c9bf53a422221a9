package dev.corral.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// A process of its own between Corral and a program that knows nothing of us, such as a
/// llama-server. It ends the program when its own standard input closes, which happens however
/// Corral ends, kill -9 among it. The first line of standard input is the program's key.
public final class Guard {
  /// Where llama-server reads its key; an argument would show in every listing of processes.
  private static final String KEY = "LLAMA_API_KEY";

  /// As a shell tells a program that cannot be started.
  private static final int NOT_STARTED = 127;

  /// A key is 64 characters.
  private static final int LONGEST_KEY = 256;

  private Guard() {}

  /// @param args the program and its arguments
  static void main(String[] args) throws InterruptedException {
    withoutCoreDumps();
    Process program;
    try {
      ProcessBuilder builder =
          new ProcessBuilder(args)
              .redirectOutput(ProcessBuilder.Redirect.INHERIT)
              .redirectError(ProcessBuilder.Redirect.INHERIT);
      builder.environment().put(KEY, firstLine(System.in));
      program = builder.start();
      program.getOutputStream().close();
    } catch (IOException e) {
      System.err.println("cannot start it: " + e.getMessage());
      System.exit(NOT_STARTED);
      return;
    }
    Runtime.getRuntime().addShutdownHook(new Thread(program::destroyForcibly));
    Thread.ofPlatform().daemon().start(() -> endWith(System.in, program));
    Runtime.getRuntime().halt(program.waitFor());
  }

  private static void endWith(InputStream parent, Process program) {
    try {
      parent.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      // A pipe that fails is as good as closed.
    }
    var _ = program.destroyForcibly();
  }

  private static String firstLine(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c >= 0 && c != '\n' && line.length() < LONGEST_KEY; c = in.read()) {
      line.append((char) c);
    }
    return new String(line.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8)
        .strip();
  }

  /// A model's memory written to disk would fill it. `setrlimit(RLIMIT_CORE, {0, 0})`, inherited by
  /// the program; the number is the same on Linux and macOS. Windows knows no such call.
  private static void withoutCoreDumps() {
    int coreFiles = 4;
    Linker linker = Linker.nativeLinker();
    Optional<MemorySegment> call = linker.defaultLookup().find("setrlimit");
    if (call.isEmpty()) {
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment none = arena.allocate(ValueLayout.JAVA_LONG, 2);
      int _ =
          (int)
              linker
                  .downcallHandle(
                      call.get(),
                      FunctionDescriptor.of(
                          ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS))
                  .invokeExact(coreFiles, none);
    } catch (Throwable e) {
      System.err.println("core dumps stay as the system has them: " + e);
    }
  }
}
