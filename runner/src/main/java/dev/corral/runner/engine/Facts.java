package dev.corral.runner.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is known about a loaded model. Never changes.
///
/// @param contextLength tokens that one request may use, prompt and answer together
/// @param trainedContext tokens that the model was trained for
/// @param slots requests that run at once
/// @param embeddingLength numbers in a vector
/// @param pooling how the vectors of tokens become one
/// @param bos the token a text begins with, where the vocabulary has one
/// @param eos the token a text ends with, where the vocabulary has one
/// @param addsBos whether tokenizing a text puts `bos` in front
/// @param addsEos whether tokenizing a text puts `eos` at its end
/// @param chatTemplate the file's own template, or an empty text
/// @param architecture `general.architecture`
/// @param description llama.cpp's own words, such as `llama 1B Q4_K - Medium`
/// @param weightBytes bytes of all tensors
/// @param canShift whether a full context can lose its older half
/// @param natives which build of llama.cpp's back ends computes, such as `cpu-zen4`
/// @param libraryVersion llama.cpp's version, such as `0.5.0`
public record Facts(
    int contextLength,
    int trainedContext,
    int slots,
    int embeddingLength,
    int vocabularySize,
    Pooling pooling,
    @Nullable SpecialToken bos,
    @Nullable SpecialToken eos,
    boolean addsBos,
    boolean addsEos,
    String chatTemplate,
    String architecture,
    String description,
    long weightBytes,
    long parameters,
    boolean canShift,
    List<Device> devices,
    String natives,
    String libraryVersion) {

  /// A token with a meaning of its own.
  public record SpecialToken(int id, String text) {}

  /// Something that computes.
  ///
  /// @param name `CPU`, `CUDA0`, …
  /// @param freeBytes memory that was free when the model had been loaded; 0 where not known
  public record Device(String name, String description, long totalBytes, long freeBytes) {}
}
