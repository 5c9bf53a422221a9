package dev.corral.hub;

import dev.corral.gguf.Gguf;
import dev.corral.gguf.Tensor;
import dev.corral.registry.Trouble;
import java.util.List;

/// Headers made of headers: one of all parts of a split set, of which the first has the keys and
/// each its own tensors; and that of another quantization of the same model.
final class Tables {
  private Tables() {}

  /// @param parts in order; not empty
  static Answered<Gguf> joined(List<Gguf> parts) {
    try {
      return new Answered.Got<>(parts.getFirst().with(parts.subList(1, parts.size())));
    } catch (IllegalArgumentException e) {
      return new Answered.Not<>(
          new Trouble(
              Trouble.Kind.WRONG,
              String.valueOf(e.getMessage()),
              "Choose another quantization, or tell the owner of the repository."));
    }
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
