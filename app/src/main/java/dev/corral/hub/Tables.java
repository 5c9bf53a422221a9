package dev.corral.hub;

import dev.corral.gguf.Gguf;
import dev.corral.gguf.Tensor;
import dev.corral.registry.Trouble;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/// Headers made of headers: one of all parts of a split set, of which the first has the keys and
/// each its own tensors; and that of another quantization of the same model.
final class Tables {
  private static final String ALL_TENSORS = "split.tensors.count";

  private Tables() {}

  /// @param parts in order; not empty
  /// @param length bytes of all parts together
  static Answered<Gguf> joined(List<Gguf> parts, long length) {
    Gguf first = parts.getFirst();
    boolean complete = parts.stream().allMatch(Gguf::complete);
    List<Tensor> tensors = new ArrayList<>();
    parts.forEach(part -> tensors.addAll(part.tensors()));
    OptionalLong declared = first.whole(ALL_TENSORS);
    if (complete && declared.isPresent() && declared.getAsLong() != tensors.size()) {
      return new Answered.Not<>(
          new Trouble(
              Trouble.Kind.WRONG,
              "the parts have "
                  + tensors.size()
                  + " tensors together and the first one says "
                  + declared.getAsLong()
                  + ", so they are not parts of one model",
              "Choose another quantization, or tell the owner of the repository."));
    }
    return new Answered.Got<>(
        new Gguf(
            first.version(),
            first.alignment(),
            first.metadata(),
            List.copyOf(tensors),
            complete ? tensors.size() : declared.orElse(first.tensorCount()),
            first.dataStart(),
            length,
            complete));
  }

  /// The first part's header as a provisional one of the whole set.
  static Gguf firstOf(Gguf first, long length) {
    return new Gguf(
        first.version(),
        first.alignment(),
        first.metadata(),
        first.tensors(),
        first.whole(ALL_TENSORS).orElse(first.tensorCount()),
        -1,
        length,
        false);
  }

  /// What the header of another quantization of the same model would say, by the size of its file:
  /// every tensor of more than one dimension grows or shrinks by the same ratio. Good for a verdict
  /// before that file's own header is read.
  ///
  /// @param sampleBytes size of the file that the header is of
  /// @param otherBytes size of the other file
  static Gguf scaled(Gguf sample, long sampleBytes, long otherBytes) {
    long small = sample.tensors().stream().filter(Tables::kept).mapToLong(Tensor::bytes).sum();
    long data = sample.tensorBytes();
    long around = Math.max(0, sampleBytes - data);
    double ratio =
        data <= small ? 1 : (double) Math.max(1, otherBytes - around - small) / (data - small);
    List<Tensor> tensors =
        sample.tensors().stream()
            .map(tensor -> kept(tensor) ? tensor : resized(tensor, ratio))
            .toList();
    return new Gguf(
        sample.version(),
        sample.alignment(),
        sample.metadata(),
        tensors,
        sample.tensorCount(),
        sample.dataStart(),
        otherBytes,
        sample.complete());
  }

  /// Norms and biases are never quantized.
  private static boolean kept(Tensor tensor) {
    return tensor.shape().size() < 2;
  }

  private static Tensor resized(Tensor tensor, double ratio) {
    return new Tensor(
        tensor.name(),
        tensor.shape(),
        tensor.type(),
        tensor.offset(),
        Math.round(tensor.bytes() * ratio));
  }
}
