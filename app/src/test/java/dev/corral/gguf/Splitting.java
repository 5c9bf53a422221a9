package dev.corral.gguf;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Splits a model into files as `llama-gguf-split` does: the first has all keys, each its own
/// tensors, and says which part it is.
public final class Splitting {
  private static final int FIXED = 24;
  private static final int UINT16 = 2;
  private static final int INT32 = 5;

  private final byte[] file;
  private final Gguf header;
  private final int count;

  private Splitting(byte[] file, int count) {
    this.file = file;
    this.header =
        ((Reading.Exact) GgufReader.read(ByteSource.of(file), ReadSettings.forLoading())).gguf();
    this.count = count;
  }

  /// @param count of parts; each gets about as many tensors as any other
  public static List<byte[]> parts(byte[] file, int count) {
    Splitting splitting = new Splitting(file, count);
    List<byte[]> parts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      parts.add(splitting.part(i));
    }
    return parts;
  }

  private byte[] part(int index) {
    int all = header.tensors().size();
    List<Tensor> tensors = header.tensors().subList(all * index / count, all * (index + 1) / count);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] keys = index == 0 ? Arrays.copyOfRange(file, FIXED, endOfKeys()) : new byte[0];
    out.write(file, 0, 8);
    put(out, 8, tensors.size());
    put(
        out,
        8,
        index == 0 ? ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong(16) + 3 : 3);
    out.writeBytes(keys);
    key(out, "split.no", UINT16, 2, index);
    key(out, "split.count", UINT16, 2, count);
    key(out, "split.tensors.count", INT32, 4, all);
    table(out, tensors);
    pad(out);
    for (Tensor tensor : tensors) {
      int from = Math.toIntExact(header.dataStart() + tensor.offset());
      out.write(file, from, Math.toIntExact(tensor.bytes()));
      pad(out);
    }
    return out.toByteArray();
  }

  private void table(ByteArrayOutputStream out, List<Tensor> tensors) {
    long offset = 0;
    for (Tensor tensor : tensors) {
      text(out, tensor.name());
      put(out, 4, tensor.shape().size());
      tensor.shape().forEach(extent -> put(out, 8, extent));
      put(out, 4, tensor.type().id());
      put(out, 8, offset);
      offset += (tensor.bytes() + header.alignment() - 1) / header.alignment() * header.alignment();
    }
  }

  /// Where the first tensor is named.
  private int endOfKeys() {
    ByteArrayOutputStream first = new ByteArrayOutputStream();
    text(first, header.tensors().getFirst().name());
    byte[] sought = first.toByteArray();
    for (int at = FIXED; at < header.dataStart(); at++) {
      if (Arrays.equals(file, at, at + sought.length, sought, 0, sought.length)) {
        return at;
      }
    }
    throw new IllegalArgumentException("a model without tensors");
  }

  private void pad(ByteArrayOutputStream out) {
    while (out.size() % header.alignment() != 0) {
      out.write(0);
    }
  }

  private static void key(ByteArrayOutputStream out, String name, int type, int bytes, long value) {
    text(out, name);
    put(out, 4, type);
    put(out, bytes, value);
  }

  private static void text(ByteArrayOutputStream out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    put(out, 8, bytes.length);
    out.writeBytes(bytes);
  }

  private static void put(ByteArrayOutputStream out, int bytes, long value) {
    byte[] all =
        ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
    out.write(all, 0, bytes);
  }
}
