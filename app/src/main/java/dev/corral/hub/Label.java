package dev.corral.hub;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The name of a quantization as a file's path carries it: `Q4_K_M`, `UD-IQ2_XXS`, `MXFP4_MOE`. It
/// is what people choose by; what a file really holds, its tensors say.
///
/// @param dynamic `UD-` stands before it: tensors were given types one by one
/// @param name upper case, with underscores
public record Label(boolean dynamic, String name) {
  private static final String DYNAMIC = "UD-";

  /// The longest names first. `-` and `.` stand for `_` in some repositories.
  private static final Pattern LABEL =
      Pattern.compile(
          "(?<![A-Z0-9])(UD[-_.])?("
              + "IQ[1-4][-_.](?:XXS|XS|NL|XL|S|M|L)(?:[-_.](?:XL|L))?"
              + "|Q[1-8][-_.]K(?:[-_.](?:XXL|XL|XS|S|M|L|P))?"
              + "|Q4[-_.]0[-_.](?:4[-_.]4|4[-_.]8|8[-_.]8)"
              + "|Q[1-8][-_.][01](?:[-_.](?:XL|L))?"
              + "|TQ[12][-_.]0|MXFP4(?:[-_.]MOE)?|NVFP4|BF16|FP16|FP32|F16|F32"
              + ")(?![A-Z0-9])");

  /// The last one in a path, because folders and names of models come before.
  public static Optional<Label> in(String path) {
    Matcher matcher = LABEL.matcher(path.toUpperCase(Locale.ROOT));
    Optional<Label> last = Optional.empty();
    while (matcher.find()) {
      String name = matcher.group(2).replace('-', '_').replace('.', '_');
      last =
          Optional.of(
              new Label(
                  matcher.group(1) != null, name.replace("FP16", "F16").replace("FP32", "F32")));
    }
    return last;
  }

  /// True where it is better than what is recommended to those who do not ask for more: from there
  /// on a model grows faster than it gets better.
  public boolean beyondUsual() {
    return Quality.of(this)
        .filter(quality -> quality.compareTo(Recommendation.MOST) > 0)
        .isPresent();
  }

  /// True where somebody who writes `text` means this one.
  boolean meantBy(String text) {
    String folded = text.toUpperCase(Locale.ROOT).replace('-', '_').replace('.', '_');
    return folded.equals(toString().replace('-', '_'));
  }

  /// True where a header's file type is of another kind. Sizes of one kind (`_S`, `_M`, `_XL`) are
  /// no contradiction, and dynamic ones are of many kinds.
  ///
  /// @param type as [dev.corral.gguf.FileType] names it
  boolean contradicts(String type) {
    return !dynamic && Quality.known(type) && !kind(type).equals(kind(name));
  }

  private static String kind(String name) {
    return name.replaceFirst("_(XXS|XS|S|M|L|XL|XXL|NL|P|MOE|4_4|4_8|8_8)$", "");
  }

  @Override
  public String toString() {
    return dynamic ? DYNAMIC + name : name;
  }
}
