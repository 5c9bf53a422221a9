package dev.corral.gguf;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/// A header, checked.
///
/// @param metadata in the order of the file
/// @param tensors in the order of the file; those read so far where the header is not complete
/// @param tensorCount as declared
/// @param dataStart offset of the data section in the file; -1 where the header is not complete
/// @param length bytes of the whole file; for a bare header what the file would have
/// @param complete false where only the first window was read
public record Gguf(
    int version,
    int alignment,
    Map<String, GgufValue> metadata,
    List<Tensor> tensors,
    long tensorCount,
    long dataStart,
    long length,
    boolean complete) {
  public static final String ARCHITECTURE = "general.architecture";
  public static final String TOKENS = "tokenizer.ggml.tokens";
  public static final String TOKEN_TYPES = "tokenizer.ggml.token_type";
  private static final String PROJECTOR = "mm.projector";
  private static final String PARTS = "split.count";
  private static final String ALL_TENSORS = "split.tensors.count";

  /// How many files the model lies in; 1 as a rule.
  public int parts() {
    return (int) Math.clamp(whole(PARTS).orElse(1), 1, Integer.MAX_VALUE);
  }

  /// The whole model of which this is the first file. It is complete only where all files are.
  ///
  /// @param others headers of all other files, in order
  /// @throws IllegalArgumentException with a clause, where this one says that it belongs to others
  public Gguf with(List<Gguf> others) {
    if (whole(PARTS).isPresent() && parts() != 1 + others.size()) {
      throw new IllegalArgumentException(
          "there are " + (1 + others.size()) + " parts and the first one says " + parts());
    }
    List<Tensor> all = new ArrayList<>(tensors);
    others.forEach(other -> all.addAll(other.tensors()));
    boolean whole = complete && others.stream().allMatch(Gguf::complete);
    OptionalLong declared = whole(ALL_TENSORS);
    if (whole && declared.isPresent() && declared.getAsLong() != all.size()) {
      throw new IllegalArgumentException(
          "the parts have "
              + all.size()
              + " tensors together and the first one says "
              + declared.getAsLong()
              + ", so they are not parts of one model");
    }
    long bytes = others.stream().mapToLong(Gguf::length).reduce(length, Math::addExact);
    return new Gguf(
        version,
        alignment,
        metadata,
        List.copyOf(all),
        whole ? all.size() : declared.orElse(tensorCount),
        dataStart,
        bytes,
        whole);
  }

  /// This header of a first file as a provisional one of the whole set.
  ///
  /// @param length bytes of all files together
  public Gguf ofSet(long length) {
    return new Gguf(
        version,
        alignment,
        metadata,
        tensors,
        whole(ALL_TENSORS).orElse(tensorCount),
        -1,
        length,
        false);
  }

  /// This model with what it sees or hears through, of which only the size is known.
  ///
  /// @param projectorBytes of all such files together; 0 for none
  public Gguf seeing(long projectorBytes) {
    if (projectorBytes <= 0) {
      return this;
    }
    List<Tensor> all = new ArrayList<>(tensors);
    all.add(new Tensor(PROJECTOR, List.of(projectorBytes), TensorType.I8, 0, projectorBytes));
    return new Gguf(
        version,
        alignment,
        metadata,
        List.copyOf(all),
        tensorCount + 1,
        dataStart,
        Math.addExact(length, projectorBytes),
        complete);
  }

  /// True where it has, or comes with, a part that sees or hears: its tensors are called `v.`, `a.`
  /// and `mm.` in a file of their own as in the model's.
  public boolean sees() {
    return tensors.stream().anyMatch(Tensor::sees);
  }

  public Optional<String> architecture() {
    return text(ARCHITECTURE).filter(name -> !name.isBlank());
  }

  public Optional<String> text(String key) {
    return metadata.get(key) instanceof GgufValue.Text(String value)
        ? Optional.of(value)
        : Optional.empty();
  }

  public OptionalLong whole(String key) {
    return metadata.get(key) instanceof GgufValue.Whole(long value)
        ? OptionalLong.of(value)
        : OptionalLong.empty();
  }

  /// A number of any type.
  public OptionalDouble real(String key) {
    return switch (metadata.get(key)) {
      case GgufValue.Whole(long value) -> OptionalDouble.of((double) value);
      case GgufValue.Real(double value) -> OptionalDouble.of(value);
      case null, default -> OptionalDouble.empty();
    };
  }

  public Optional<Boolean> flag(String key) {
    return metadata.get(key) instanceof GgufValue.Flag(boolean value)
        ? Optional.of(value)
        : Optional.empty();
  }

  /// The numbers of a short array; empty where there is none, or where the value is a single one.
  public List<Double> numbers(String key) {
    return metadata.get(key) instanceof GgufValue.Numbers(List<Double> values) ? values : List.of();
  }

  /// The texts of an array; empty where there is none, or where it was not kept.
  public List<String> texts(String key) {
    return metadata.get(key) instanceof GgufValue.Texts(List<String> values) ? values : List.of();
  }

  /// How many elements an array has, kept or not.
  public OptionalLong count(String key) {
    return switch (metadata.get(key)) {
      case GgufValue.Numbers(List<Double> values) -> OptionalLong.of(values.size());
      case GgufValue.Texts(List<String> values) -> OptionalLong.of(values.size());
      case GgufValue.Skipped(long count) -> OptionalLong.of(count);
      case null, default -> OptionalLong.empty();
    };
  }

  public Optional<Tensor> tensor(String name) {
    return tensors.stream().filter(tensor -> tensor.name().equals(name)).findFirst();
  }

  /// Sum of the tensors' bytes, without padding.
  public long tensorBytes() {
    return tensors.stream().mapToLong(Tensor::bytes).sum();
  }
}
