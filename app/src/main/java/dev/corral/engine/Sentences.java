package dev.corral.engine;

import dev.corral.model.Bytes;
import dev.corral.wire.PathMask;
import dev.corral.wire.Problem;
import java.time.Duration;

/// What callers and operators are told of a runner. Without paths of the disk.
final class Sentences {
  /// Exit codes of our runner, see its `Main`.
  private static final int USAGE = 2;

  private static final int MODEL_REFUSED = 3;
  private static final int NO_PORT = 4;

  /// Above it: ended by the signal of that number.
  private static final int SIGNAL = 128;

  private static final int ABORTED = 6;
  private static final int KILLED = 9;
  private static final int SEGMENTATION_FAULT = 11;

  private Sentences() {}

  static Problem damaged(String name, String why) {
    return Problem.of(
        500,
        "model '" + name + "' cannot be loaded: " + PathMask.mask(why),
        "Pull or create it again: corral pull " + name);
  }

  static Problem notLoaded(String name, String why) {
    return Problem.of(
        500,
        "model '" + name + "' could not be loaded: " + PathMask.mask(why),
        "See: corral logs runner " + name);
  }

  /// Ollama's words first, because clients look for them (reference/ollama.md section 2).
  static Problem stopped(String name, String why) {
    return Problem.of(
        500,
        "model runner has unexpectedly stopped, this may be due to resource limitations or an"
            + " internal error: "
            + PathMask.mask(why),
        "See: corral logs runner " + name);
  }

  static Problem unloaded(String name) {
    return Problem.of(503, "model '" + name + "' was unloaded", "Ask again").retryAfter(1);
  }

  static Problem stopping() {
    return Problem.of(503, "this Corral is stopping", "Ask again in a moment").retryAfter(1);
  }

  static Problem missing(String why) {
    return Problem.of(503, "models cannot be run here: " + why);
  }

  static Problem resting(String name, String crash, Duration left) {
    int seconds = (int) Math.max(1, left.toSeconds() + 1);
    return Problem.of(
            503,
            "model '"
                + name
                + "' crashed again and again and is left alone for "
                + seconds
                + " s: "
                + PathMask.mask(crash),
            "See: corral logs runner " + name)
        .retryAfter(seconds);
  }

  static Problem tooLarge(String name, Admission.Decision.Never no) {
    return Problem.of(
        500,
        "model '"
            + name
            + "' requires more system memory ("
            + new Bytes(no.neededBytes()).human()
            + ") than may be used ("
            + new Bytes(no.allowedBytes()).human()
            + ")",
        "Ask for a shorter context (num_ctx), take a smaller quantization, or raise engine.memory");
  }

  /// Our runner said in its exit code why it cannot serve; all other ends are crashes.
  static boolean refused(int code) {
    return code == MODEL_REFUSED || code == NO_PORT;
  }

  /// How a process ended.
  ///
  /// @param words what it said last; may be empty
  static String end(int code, String words) {
    String said = words.isEmpty() ? "" : ": " + words;
    return switch (code) {
      case USAGE -> "its flags were not understood" + said;
      case MODEL_REFUSED -> words.isEmpty() ? "it was refused" : words;
      case NO_PORT ->
          (words.isEmpty() ? "it found no port to listen on" : words)
              + "; close some connections or programs, and ask again";
      case SIGNAL + ABORTED -> "it crashed (aborted)" + said;
      case SIGNAL + SEGMENTATION_FAULT -> "it crashed (segmentation fault)" + said;
      case SIGNAL + KILLED -> "it was killed, perhaps by the system for want of memory";
      default -> "it ended with exit code " + code + said;
    };
  }
}
