package dev.corral.fit;

import dev.corral.gguf.FileType;
import dev.corral.gguf.Gguf;
import dev.corral.gguf.Tensor;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Deals tensors to the host and the devices, as the engine does.
final class Weights {
  private static final Pattern BLOCK = Pattern.compile("blk\\.(\\d{1,6})\\..*");

  /// Experts among which a router chooses.
  private static final Pattern EXPERT =
      Pattern.compile("blk\\.\\d+\\.ffn_(gate|up|gate_up|down)_(ch)?exps.*");

  /// Tables that are looked up by row stay on the host.
  private static final Set<String> INPUT =
      Set.of("token_embd", "position_embd", "token_types", "per_layer_token_embd");

  private static final Pattern OUTPUT =
      Pattern.compile(
          "(output|output_norm|token_embd_norm_2|cls|cls\\.output|cls\\.norm|dense_2|dense_3"
              + "|dec\\.output_norm|enc\\.output_norm|altup_proj|altup_unembd_proj)(\\..*)?");

  /// Quantised rows are padded to so many elements on a GPU.
  private static final long ROW_PADDING = 512;

  private Weights() {}

  /// @param bytes by device; the host first
  /// @param largest bytes of the largest tensor of a block that was left on the host
  /// @param largestExpert the same among routed experts
  record Dealt(List<Long> bytes, long largest, long largestExpert) {}

  static Dealt deal(Gguf gguf, Shape shape, Deal deal) {
    return gguf.complete() ? byTensor(gguf, shape, deal) : byLength(gguf, shape, deal);
  }

  /// Before the tensor table is read: the file's length over the blocks, and an input table that is
  /// held twice. Whether the file has an output table of its own is not known; with one, this is
  /// too much by it.
  private static Dealt byLength(Gguf gguf, Shape shape, Deal deal) {
    long[] bytes = new long[1 + deal.devices()];
    int blocks = Math.max(1, shape.blocks().size());
    long table = Math.min(gguf.length(), shape.vocabulary() * shape.embedding() * tableBytes(gguf));
    long block = (gguf.length() - table) / blocks;
    for (int i = 0; i < blocks; i++) {
      bytes[deal.block(i)] += block;
    }
    bytes[deal.output()] += table;
    bytes[0] += deal.output() > 0 ? table : 0;
    return new Dealt(
        Estimate.boxed(bytes),
        deal.partial() ? block / 2 : 0,
        deal.expertsOnHost() ? block / 2 : 0);
  }

  /// Bytes of one number in a table, rounded up: quantised files keep tables at 8 bits at most.
  private static long tableBytes(Gguf gguf) {
    return switch (FileType.of(gguf)) {
      case "F32" -> 4;
      case "F16", "BF16" -> 2;
      default -> 1;
    };
  }

  private static Dealt byTensor(Gguf gguf, Shape shape, Deal deal) {
    long[] bytes = new long[1 + deal.devices()];
    long largest = 0;
    long largestExpert = 0;
    for (Tensor tensor : gguf.tensors()) {
      boolean expert = EXPERT.matcher(tensor.name()).matches();
      int device = device(tensor, shape, deal, expert);
      if (device < 0) {
        continue;
      }
      bytes[device] += device == 0 ? tensor.bytes() : padded(tensor);
      if (device == 0 && block(tensor.name()) >= 0) {
        largest = Math.max(largest, tensor.bytes());
        largestExpert = expert ? Math.max(largestExpert, tensor.bytes()) : largestExpert;
      }
    }
    Tensor table = gguf.tensor("token_embd.weight").orElse(null);
    Tensor output = gguf.tensor("output.weight").orElse(null);
    if (table == null && output != null) {
      // one table in the other order: it is made twice where the output is
      bytes[deal.output()] += deal.output() == 0 ? output.bytes() : padded(output);
    }
    if (table != null && tied(gguf, shape)) {
      int device = deal.output();
      boolean twice = !shape.known() || Architectures.countsTableTwice(shape.architecture());
      if (device > 0 || twice) {
        bytes[device] += device == 0 ? table.bytes() : padded(table);
      }
    }
    return new Dealt(Estimate.boxed(bytes), largest, largestExpert);
  }

  /// A network with an output norm and no output table uses its input table as one, and holds it
  /// twice where the two live apart.
  static boolean tied(Gguf gguf, Shape shape) {
    return gguf.tensor("output.weight").isEmpty()
        && !Architectures.tableInPlace(shape.architecture())
        && (!shape.encoder() || Architectures.encoderWithOutput(shape.architecture()));
  }

  private static int device(Tensor tensor, Shape shape, Deal deal, boolean expert) {
    String name = tensor.name();
    int block = block(name);
    if (block >= shape.blocks().size()) {
      return -1;
    }
    if (block >= 0) {
      return expert && deal.expertsOnHost() ? 0 : deal.block(block);
    }
    String stem = name.replaceFirst("\\.(weight|bias)$", "");
    if (INPUT.contains(stem)) {
      return 0;
    }
    // what is neither input nor output counts as part of the first block
    return OUTPUT.matcher(stem).matches() ? deal.output() : deal.block(0);
  }

  /// Number of the block that a tensor belongs to, or -1.
  static int block(String name) {
    Matcher matcher = BLOCK.matcher(name);
    return matcher.matches() ? Integer.parseInt(matcher.group(1)) : -1;
  }

  private static long padded(Tensor tensor) {
    long row = tensor.extent(0);
    if (!tensor.type().quantized() || row % ROW_PADDING == 0) {
      return tensor.bytes();
    }
    return tensor.bytes() + tensor.type().size(ROW_PADDING - row % ROW_PADDING);
  }
}
