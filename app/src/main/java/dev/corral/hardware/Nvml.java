package dev.corral.hardware;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.List;

/// A program of its own that asks NVIDIA's management library (NVML) and prints what `nvidia-smi`
/// would. Of its own, because a driver that crashes must not take the gateway with it.
///
/// Wire facts from NVIDIA's `nvml.h`: `nvmlMemory_t` is total, free and used in bytes, 64 bits
/// each; return code 0 is success and 3 "not supported".
public final class Nvml {
  /// Where the library lies, below the root of the file system.
  static final List<String> FILES =
      List.of(
          "usr/lib/x86_64-linux-gnu/libnvidia-ml.so.1",
          "usr/lib/aarch64-linux-gnu/libnvidia-ml.so.1",
          "usr/lib64/libnvidia-ml.so.1",
          "usr/lib/libnvidia-ml.so.1",
          "usr/local/nvidia/lib64/libnvidia-ml.so.1",
          "usr/lib/wsl/lib/libnvidia-ml.so.1",
          "run/opengl-driver/lib/libnvidia-ml.so.1");

  private static final int NOT_SUPPORTED = 3;
  private static final int TEXT = 96; // bytes; `NVML_DEVICE_NAME_V2_BUFFER_SIZE`, the longest
  private static final FunctionDescriptor NOTHING = FunctionDescriptor.of(JAVA_INT);
  private static final FunctionDescriptor ONE = FunctionDescriptor.of(JAVA_INT, ADDRESS);
  private static final FunctionDescriptor TWO = FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS);
  private static final FunctionDescriptor INDEX =
      FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS);
  private static final FunctionDescriptor TEXT_OF_ALL =
      FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT);
  private static final FunctionDescriptor TEXT_OF =
      FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT);
  private static final FunctionDescriptor MODES =
      FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS);

  private final SymbolLookup library;
  private final Arena arena;

  private Nvml(SymbolLookup library, Arena arena) {
    this.library = library;
    this.arena = arena;
  }

  /// What starts this program, in a virtual machine that is small and quick.
  static List<String> command() {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--enable-native-access=ALL-UNNAMED",
        "-Xmx16m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-cp",
        place(),
        Nvml.class.getName());
  }

  private static String place() {
    CodeSource source = Nvml.class.getProtectionDomain().getCodeSource();
    try {
      return source == null ? "" : Path.of(source.getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      return "";
    }
  }

  /// Exit code 1 where the library is not there or does not answer.
  ///
  /// @param args the library's file, for trials; else it is looked for where it usually lies
  public static void main(String[] args) throws Throwable {
    try (Arena arena = Arena.ofConfined()) {
      new Nvml(open(args, arena), arena).print();
    } catch (IllegalArgumentException | IllegalStateException e) {
      System.err.println("NVIDIA's management library did not answer: " + e.getMessage());
      System.exit(1);
    }
  }

  private static SymbolLookup open(String[] args, Arena arena) {
    if (args.length > 0) {
      return SymbolLookup.libraryLookup(Path.of(args[0]), arena);
    }
    for (String file : FILES) {
      Path path = Path.of("/", file);
      if (path.toFile().exists()) {
        return SymbolLookup.libraryLookup(path, arena);
      }
    }
    throw new IllegalArgumentException("it is not there");
  }

  private void print() throws Throwable {
    must((int) function("nvmlInit_v2", NOTHING).invokeExact());
    MemorySegment count = arena.allocate(JAVA_INT);
    must((int) function("nvmlDeviceGetCount_v2", ONE).invokeExact(count));
    MemorySegment driver = arena.allocate(TEXT);
    must((int) function("nvmlSystemGetDriverVersion", TEXT_OF_ALL).invokeExact(driver, TEXT));
    for (int i = 0; i < count.get(JAVA_INT, 0); i++) {
      MemorySegment device = arena.allocate(ADDRESS);
      must((int) function("nvmlDeviceGetHandleByIndex_v2", INDEX).invokeExact(i, device));
      System.out.println(line(device.get(ADDRESS, 0), driver.getString(0)));
    }
  }

  private String line(MemorySegment device, String driver) throws Throwable {
    MemorySegment memory = arena.allocate(MemoryLayout.sequenceLayout(3, JAVA_LONG));
    int known = (int) function("nvmlDeviceGetMemoryInfo", TWO).invokeExact(device, memory);
    String total = String.valueOf(memory.getAtIndex(JAVA_LONG, 0) >> 20);
    String free = String.valueOf(memory.getAtIndex(JAVA_LONG, 1) >> 20);
    String unknown = known == NOT_SUPPORTED ? "[N/A]" : "[Unknown Error]";
    return String.join(
        ", ",
        text("nvmlDeviceGetUUID", device),
        "[N/A]",
        known == 0 ? total : unknown,
        known == 0 ? free : unknown,
        driver,
        cut(device) ? "Enabled" : "[N/A]",
        text("nvmlDeviceGetName", device));
  }

  private String text(String function, MemorySegment device) throws Throwable {
    MemorySegment text = arena.allocate(TEXT);
    int told = (int) function(function, TEXT_OF).invokeExact(device, text, TEXT);
    return told == 0 ? text.getString(0) : "";
  }

  /// True where a GPU is cut into parts (MIG); older libraries know of none.
  private boolean cut(MemorySegment device) throws Throwable {
    if (library.find("nvmlDeviceGetMigMode").isEmpty()) {
      return false;
    }
    MemorySegment now = arena.allocate(JAVA_INT);
    MemorySegment next = arena.allocate(JAVA_INT);
    int told = (int) function("nvmlDeviceGetMigMode", MODES).invokeExact(device, now, next);
    return told == 0 && now.get(JAVA_INT, 0) == 1;
  }

  private MethodHandle function(String name, FunctionDescriptor shape) {
    MemorySegment address =
        library
            .find(name)
            .orElseThrow(() -> new IllegalStateException("it has no function " + name));
    return Linker.nativeLinker().downcallHandle(address, shape);
  }

  private static void must(int code) {
    if (code != 0) {
      throw new IllegalStateException("it answered with code " + code);
    }
  }
}
