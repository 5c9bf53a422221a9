package dev.corral.runner.engine;

import java.nio.file.Path;
import java.util.List;

/// llama.cpp's errors as one sentence for the one who wanted the model.
final class Refusals {

  private Refusals() {}

  static ModelRefused ofModel(List<String> errors, Path file) {
    return new ModelRefused(reason(errors, file, "The file is no model that llama.cpp can load."));
  }

  static ModelRefused ofAdapter(List<String> errors, Path file) {
    return new ModelRefused(
        "The adapter was refused: " + reason(errors, file, "llama.cpp gives no reason."));
  }

  static ModelRefused ofContext(List<String> errors) {
    return new ModelRefused(
        "There is no room for the context: "
            + reason(errors, Path.of("-"), "llama.cpp gives no reason.")
            + " A smaller context length or fewer slots need less.");
  }

  /// The first error is the cause; those after it say only that its caller failed too.
  private static String reason(List<String> errors, Path file, String otherwise) {
    for (var error : errors) {
      var words = withoutFunction(error);
      if (!words.isBlank() && !words.startsWith("failed to load model")) {
        return words.replace(file.toString(), "the file");
      }
    }
    return otherwise;
  }

  /// llama.cpp begins a line with the function's name, and says `error loading model` once or
  /// twice.
  private static String withoutFunction(String error) {
    var words = error.strip();
    int colon = words.indexOf(": ");
    if (colon > 0 && words.substring(0, colon).matches("[A-Za-z0-9_:~<>]+")) {
      words = words.substring(colon + 2);
    }
    return words.replaceFirst("^error loading model: ", "").strip();
  }
}
