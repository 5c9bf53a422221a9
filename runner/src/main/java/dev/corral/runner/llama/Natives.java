package dev.corral.runner.llama;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// llama.cpp's libraries, loaded into this process once and for good. Every file is opened by its
/// own path: ggml's `ggml_backend_load_all` would search the working directory and obey
/// `GGML_BACKEND_PATH`, and both can be somebody else's.
public final class Natives {

  /// `lib` and the suffix differ by system, and the builds that are packaged for Node put a version
  /// into some names: `libllama.v0.5.0.so`.
  private static final Pattern LIBRARY =
      Pattern.compile("(?:lib)?([a-z0-9_-]+?)(?:\\.v[0-9.]+)?\\.(?:so|dylib|dll)");

  /// Back ends that use a GPU, in the order in which they are tried. ggml asks the devices of the
  /// first one first.
  private static final List<String> GPU_BACKENDS =
      List.of("ggml-cuda", "ggml-hip", "ggml-metal", "ggml-vulkan");

  /// In the order in which they need each other, so that no loader goes searching for one.
  private static final List<String> NEEDED = List.of("ggml-base", "ggml", "llama");

  /// As ggml calls it.
  private static final String PROCESSOR = "CPU";

  private static final String CPU = "ggml-cpu";

  private static final boolean X86_64 = System.getProperty("os.arch", "").equals("amd64");

  /// The version whose header the layouts were written from.
  private static final String VERSION = "0.5.";

  private static @Nullable Natives loaded;

  private final Path folder;
  private final List<SymbolLookup> libraries = new ArrayList<>();
  private final Map<String, Call> calls = new ConcurrentHashMap<>();
  private final Map<String, Shaped> shaped = new ConcurrentHashMap<>();
  private String name = "";

  private Natives(Path folder) {
    this.folder = folder;
  }

  /// Loads them, or returns them when they are loaded already.
  ///
  /// @param folder the one in which all libraries lie
  public static synchronized Natives load(Path folder) throws NativesUnusable {
    if (loaded != null && loaded.folder.equals(folder)) {
      return loaded;
    }
    var natives = new Natives(folder);
    var files = natives.files();
    if (loaded != null) {
      throw new NativesUnusable("Other libraries of llama.cpp are loaded in this process already.");
    }
    natives.open(files);
    loaded = natives;
    return natives;
  }

  /// Which back ends compute, such as `cpu-zen4` or `cuda+cpu-zen4`.
  public String name() {
    return name;
  }

  /// llama.cpp's version, such as `0.5.0`.
  public String version() {
    return Call.text(call("llama_version").asPointer());
  }

  private void open(Map<String, Path> files) throws NativesUnusable {
    for (var part : NEEDED) {
      var file = files.get(part);
      libraries.add(library(Objects.requireNonNull(file)));
    }
    var callback = NativeLog.callback();
    call("llama_log_set").run(callback.address(), 0);
    check();
    name = backends(files);
    call("llama_backend_init").run();
  }

  /// The library's files by their plain names.
  private Map<String, Path> files() throws NativesUnusable {
    var files = new TreeMap<String, Path>();
    try (var all = Files.list(folder)) {
      for (var file : all.toList()) {
        var matcher = LIBRARY.matcher(file.getFileName().toString());
        if (matcher.matches()) {
          files.put(matcher.group(1), file.toAbsolutePath());
        }
      }
    } catch (IOException e) {
      throw missing("their folder cannot be read");
    }
    for (var part : NEEDED) {
      if (!files.containsKey(part)) {
        throw missing("no library named " + part);
      }
    }
    return files;
  }

  private static NativesUnusable missing(String what) {
    return new NativesUnusable(
        "The engine's libraries are missing ("
            + what
            + "). Run npm ci --ignore-scripts in runner/natives/cpu, or start ./corral with network"
            + " once.");
  }

  private static SymbolLookup library(Path file) throws NativesUnusable {
    try {
      return SymbolLookup.libraryLookup(file, Arena.global());
    } catch (IllegalArgumentException e) {
      throw new NativesUnusable(
          file.getFileName()
              + " cannot be loaded on this system; it needs glibc 2.34 or later (Debian 12, Ubuntu"
              + " 22.04, RHEL 9).");
    }
  }

  private void check() throws NativesUnusable {
    var version = version();
    if (!version.startsWith(VERSION)) {
      throw new NativesUnusable(
          "These are the libraries of llama.cpp "
              + version
              + ", and this program was written for "
              + VERSION
              + "x. Use the ones that came with it.");
    }
    try (var arena = Arena.ofConfined()) {
      var model = structure("llama_model_default_params", Layouts.MODEL_PARAMS, arena);
      var context = structure("llama_context_default_params", Layouts.CONTEXT_PARAMS, arena);
      var strangers = Layouts.strangers(model, context);
      if (!strangers.isEmpty()) {
        throw new NativesUnusable(
            "The libraries of llama.cpp "
                + version
                + " lay out their settings differently from what this program was written for ("
                + String.join(", ", strangers)
                + "). Use the ones that came with it.");
      }
    }
  }

  /// Loads what computes: each GPU back end that works here, and the best build for this CPU.
  private String backends(Map<String, Path> files) throws NativesUnusable {
    var names = new ArrayList<String>();
    for (var backend : GPU_BACKENDS) {
      var file = files.get(backend);
      if (file != null && backend(file)) {
        names.add(backend.substring("ggml-".length()));
      } else if (file != null) {
        System.err.println(backend + " cannot work on this machine; going on without it.");
      }
    }
    var cpu = best(files);
    if (cpu == null || !backend(Objects.requireNonNull(files.get(cpu)))) {
      throw missing("no build of ggml-cpu that works on this processor");
    }
    names.add(cpu.substring("ggml-".length()));
    return String.join("+", names);
  }

  /// The build that fits this processor best. Each is opened once: that is what asking it costs.
  private static @Nullable String best(Map<String, Path> files) {
    String best = null;
    int most = -1;
    for (var file : files.entrySet()) {
      var build = file.getKey();
      if (build.equals(CPU) || build.startsWith(CPU + "-")) {
        int score = score(file.getValue());
        if (score > most) {
          best = build;
          most = score;
        }
      }
    }
    return best;
  }

  private boolean backend(Path file) {
    try (var arena = Arena.ofConfined()) {
      var path = arena.allocateFrom(file.toString());
      return !Call.isNull(call("ggml_backend_load").asPointer(path.address()));
    }
  }

  /// How well a build fits this processor, by its own judgement; 0 when it cannot run here. A build
  /// without an opinion is the one for all processors.
  private static int score(Path file) {
    try (var arena = Arena.ofConfined()) {
      Optional<MemorySegment> score =
          SymbolLookup.libraryLookup(file, arena).find("ggml_backend_score");
      return score.map(address -> new Call(address).asInt()).orElse(1);
    } catch (IllegalArgumentException e) {
      return 0;
    }
  }

  Call call(String name) {
    return calls.computeIfAbsent(name, key -> new Call(address(key)));
  }

  Shaped shaped(String name, FunctionDescriptor shape) {
    return shaped.computeIfAbsent(name, key -> new Shaped(address(key), shape));
  }

  /// What a function without arguments returns by value. On x86-64, under Linux, macOS and Windows
  /// alike, a structure of more than 16 bytes is written where a hidden first argument points to,
  /// so that a [Call] will do; elsewhere a register of its own points there.
  MemorySegment structure(String name, StructLayout layout, Arena into) {
    if (!X86_64) {
      return shaped(name, FunctionDescriptor.of(layout)).asStruct(into);
    }
    var struct = into.allocate(layout);
    call(name).run(struct.address());
    return struct;
  }

  /// Links what every start needs, which takes longer than reading the libraries; so it is begun on
  /// a thread of its own, and whoever needs something waits for no more than that.
  public static void prepare() {
    Thread.ofPlatform()
        .daemon()
        .name("prepare")
        .start(() -> {
          try (var arena = Arena.ofConfined()) {
            var _ = ((Upcall) (_, _, _) -> 0).stub(arena);
          }
          Shaped.prepare();
        });
  }

  /// A function of the part that computes on the processor, which ggml hands out by name alone,
  /// because which build of it is loaded is decided at run time.
  Optional<MemorySegment> ofProcessor(String name) {
    try (var arena = Arena.ofConfined()) {
      var processor =
          call("ggml_backend_reg_by_name").asPointer(arena.allocateFrom(PROCESSOR).address());
      if (Call.isNull(processor)) {
        return Optional.empty();
      }
      var found =
          call("ggml_backend_reg_get_proc_address")
              .asPointer(processor.address(), arena.allocateFrom(name).address());
      return Call.isNull(found) ? Optional.empty() : Optional.of(found);
    }
  }

  private MemorySegment address(String name) {
    for (var library : libraries) {
      var found = library.find(name);
      if (found.isPresent()) {
        return found.get();
      }
    }
    throw new IllegalStateException("llama.cpp has no function named " + name);
  }
}
