package dev.corral.hub;

import java.util.List;
import java.util.Optional;

/// What to think of a quantization, in a line of words, and which one is better. The order follows
/// the errors that llama.cpp's authors and others publish for these types; between neighbours it is
/// a matter of taste.
@SuppressWarnings("ImmutableEnumChecker") // List.of is immutable; the checker cannot see it
enum Quality {
  IQ1_S("hardly usable; only for the very largest models", "IQ1_S"),
  TQ1_0("three-valued weights in 1.7 bits: for models that were trained so", "TQ1_0"),
  IQ1_M("hardly usable; only for the very largest models", "IQ1_M"),
  TQ2_0("three-valued weights in 2 bits: for models that were trained so", "TQ2_0"),
  Q1_0("one bit a weight: for models that were trained so", "Q1_0", "Q1_K"),
  Q2_0("two bits a weight: for models that were trained so", "Q2_0"),
  IQ2_XXS("very strong loss; for large models in little memory", "IQ2_XXS"),
  IQ2_XS("very strong loss; for large models in little memory", "IQ2_XS"),
  IQ2_S("strong loss; for large models in little memory", "IQ2_S"),
  IQ2_M("strong loss, the best of its size", "IQ2_M"),
  Q2_K_S("very strong loss; IQ2_M is better", "Q2_K_S"),
  Q2_K("strong loss, small", "Q2_K", "Q2_K_M", "Q2_K_P"),
  Q2_K_L("strong loss, with tables kept finer", "Q2_K_L", "Q2_K_XL", "Q2_K_XXL"),
  IQ3_XXS("clear loss, small", "IQ3_XXS"),
  IQ3_XS("clear loss, small", "IQ3_XS"),
  Q3_K_S("clear loss; IQ3_XS is better", "Q3_K_S", "Q3_K_XS"),
  IQ3_S("some loss, good for its size", "IQ3_S"),
  IQ3_M("some loss, good for its size", "IQ3_M", "IQ3_L"),
  Q3_K_M("some loss, small", "Q3_K_M", "Q3_K", "Q3_K_P"),
  Q3_K_L("some loss", "Q3_K_L", "Q3_K_XL", "Q3_K_XXL"),
  IQ4_XS("good quality, smaller than the standard", "IQ4_XS", "IQ4_S"),
  Q4_0("older kind; Q4_K_M is better, this one is quick on some CPUs", "Q4_0"),
  Q4_0_4_4("older kind for some ARM CPUs; engines of today refuse it", "Q4_0_4_4", "Q4_0_4_8"),
  Q4_0_8_8("older kind for some ARM CPUs; engines of today refuse it", "Q4_0_8_8"),
  IQ4_NL("good quality, smaller than the standard, quick on ARM CPUs", "IQ4_NL"),
  MXFP4("four-bit floats: the original where the model was trained so", "MXFP4", "MXFP4_MOE"),
  NVFP4("four-bit floats, made for NVIDIA's newest cards", "NVFP4"),
  Q4_K_S("good quality, a little smaller than the standard", "Q4_K_S"),
  Q4_1("older kind; Q4_K_M is better", "Q4_1"),
  Q4_K_M("good quality, standard", "Q4_K_M", "Q4_K", "Q4_K_P"),
  Q4_K_L("good quality, with tables kept finer", "Q4_K_L", "Q4_K_XL", "Q4_K_XXL"),
  Q5_0("older kind; Q5_K_M is better", "Q5_0"),
  Q5_K_S("high quality, a little smaller than Q5_K_M", "Q5_K_S"),
  Q5_1("older kind; Q5_K_M is better", "Q5_1"),
  Q5_K_M("high quality, larger than the standard", "Q5_K_M", "Q5_K", "Q5_K_P"),
  Q5_K_L("high quality, with tables kept finer", "Q5_K_L", "Q5_K_XL", "Q5_K_XXL"),
  Q6_K("very high quality, near the original", "Q6_K", "Q6_K_M", "Q6_K_P"),
  Q6_K_L("very high quality, with tables kept finer", "Q6_K_L", "Q6_K_XL", "Q6_K_S"),
  Q8_0("hardly to be told from the original, large", "Q8_0", "Q8_1", "Q8_K"),
  Q8_K_XL("hardly to be told from the original, very large", "Q8_K_XL", "Q8_0_XL", "Q8_0_L"),
  HALF("the original at 16 bits, not quantized; very large", "F16", "BF16"),
  FULL("32 bits a weight: twice the size of the original for nothing more", "F32");

  private static final String DYNAMIC = "; tensors chosen one by one (dynamic)";

  private final String words;
  private final List<String> names;

  Quality(String words, String... names) {
    this.words = words;
    this.names = List.of(names);
  }

  /// Empty for a name that nothing is known about.
  static Optional<Quality> of(Label label) {
    for (Quality quality : values()) {
      if (quality.names.contains(label.name())) {
        return Optional.of(quality);
      }
    }
    return Optional.empty();
  }

  static boolean known(String name) {
    return of(new Label(false, name)).isPresent();
  }

  /// A line for people.
  static String words(Optional<Label> label) {
    return label
        .flatMap(found -> of(found).map(kind -> kind.words + (found.dynamic() ? DYNAMIC : "")))
        .orElse("its name tells no quantization that is known here");
  }
}
