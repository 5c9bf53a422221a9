package dev.corral.runner;

import dev.corral.runner.llama.CoreDumps;
import dev.corral.runner.llama.NativeLog;
import dev.corral.runner.llama.Natives;
import dev.corral.runner.llama.NativesUnusable;
import dev.corral.runner.llama.Quantization;
import dev.corral.runner.llama.Quantization.Level;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The process that makes a file of weights smaller, so that a damaged one, or a full disk, ends
/// only this. It tells on standard error how far it is, and ends when standard input closes.
///
/// Exit codes: 0 the file is written; 2 the command line is wrong; 3 the file or the libraries
/// cannot be used, with the reason as the last line of standard error; anything else is a crash.
public final class Quantize {
  private static final String USAGE =
      "quantize --model FILE --output FILE --level LEVEL --natives DIR --threads N";

  /// How C++ says that a file could not be written.
  private static final String UNWRITTEN = "iostream error";

  private static final int DONE = 0;
  private static final int WRONG_USAGE = 2;
  private static final int REFUSED = 3;

  private Quantize() {}

  public static void main(String[] args) {
    CoreDumps.off();
    Thread.ofPlatform().daemon().name("parent").start(Quantize::haltWhenClosed);
    Map<String, String> given = given(args);
    try {
      Level level = Level.valueOf(require(given, "--level"));
      Path from = Path.of(require(given, "--model"));
      Path to = Path.of(require(given, "--output"));
      Natives natives = Natives.load(Path.of(require(given, "--natives")));
      int threads = Integer.parseInt(require(given, "--threads"));
      if (Quantization.run(natives, from, to, level, threads)) {
        Runtime.getRuntime().halt(DONE);
      }
      Files.deleteIfExists(to);
      end(REFUSED, reason(NativeLog.takeErrors()));
    } catch (IllegalArgumentException wrong) {
      System.err.println(USAGE);
      end(WRONG_USAGE, wrong.getMessage());
    } catch (NativesUnusable | IOException refused) {
      end(REFUSED, refused.getMessage());
    }
  }

  private static Map<String, String> given(String[] args) {
    Map<String, String> given = new TreeMap<>();
    for (int i = 0; i + 1 < args.length; i += 2) {
      given.put(args[i], args[i + 1]);
    }
    return given;
  }

  private static String require(Map<String, String> given, String name) {
    return Optional.ofNullable(given.get(name))
        .orElseThrow(() -> new IllegalArgumentException(name + " is missing"));
  }

  /// llama.cpp's own last word, without the name of the function that said it.
  private static String reason(List<String> errors) {
    if (errors.isEmpty()) {
      return "llama.cpp refuses the file and does not say why";
    }
    return errors.getLast().contains(UNWRITTEN)
        ? "an error of the disk, which may be full: the new file could not be written"
        : errors.getLast().replaceFirst("^\\w+: ", "");
  }

  private static void haltWhenClosed() {
    try {
      System.in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException broken) {
      // As good as closed.
    }
    Runtime.getRuntime().halt(DONE + 1);
  }

  private static void end(int code, @Nullable String reason) {
    System.err.println(reason);
    System.err.flush();
    Runtime.getRuntime().halt(code);
  }
}
