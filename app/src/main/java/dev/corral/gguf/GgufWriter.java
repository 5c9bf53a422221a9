package dev.corral.gguf;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Writes a GGUF file of version 3: keys and tensors in the order they are given, the data
/// streamed, so that a file may be larger than memory. Checks nothing; read the result back for
/// that.
public final class GgufWriter {
  private static final int ALIGNMENT = 32;

  private final ByteArrayOutputStream keys = new ByteArrayOutputStream();
  private final ByteArrayOutputStream table = new ByteArrayOutputStream();
  private final List<Content> contents = new ArrayList<>();
  private long keyCount;
  private long offset;

  /// The bytes of one tensor, exactly as many as its shape and type make.
  @FunctionalInterface
  public interface Data {
    void writeTo(OutputStream out) throws IOException;
  }

  private record Content(long bytes, Data data) {}

  public GgufWriter text(String key, String value) {
    key(key, 8);
    string(keys, value);
    return this;
  }

  /// An unsigned 32-bit number, the usual type of a hyper-parameter.
  public GgufWriter whole(String key, long value) {
    key(key, 4);
    put(keys, 4, value);
    return this;
  }

  /// A 32-bit float.
  public GgufWriter real(String key, double value) {
    key(key, 6);
    put(keys, 4, Float.floatToRawIntBits((float) value));
    return this;
  }

  public GgufWriter flag(String key, boolean value) {
    key(key, 7);
    keys.write(value ? 1 : 0);
    return this;
  }

  public GgufWriter texts(String key, List<String> values) {
    array(key, 8, values.size());
    values.forEach(value -> string(keys, value));
    return this;
  }

  /// 32-bit integers.
  public GgufWriter wholes(String key, List<Integer> values) {
    array(key, 5, values.size());
    values.forEach(value -> put(keys, 4, value));
    return this;
  }

  /// 32-bit floats.
  public GgufWriter reals(String key, List<Float> values) {
    array(key, 6, values.size());
    values.forEach(value -> put(keys, 4, Float.floatToRawIntBits(value)));
    return this;
  }

  public GgufWriter flags(String key, List<Boolean> values) {
    array(key, 7, values.size());
    values.forEach(value -> keys.write(value ? 1 : 0));
    return this;
  }

  /// @param shape elements by dimension, the fastest first
  public GgufWriter tensor(String name, TensorType type, List<Long> shape, Data data) {
    string(table, name);
    put(table, 4, shape.size());
    shape.forEach(extent -> put(table, 8, extent));
    put(table, 4, type.id());
    put(table, 8, offset);
    long bytes = type.size(shape.stream().reduce(1L, Math::multiplyExact));
    contents.add(new Content(bytes, data));
    offset += padded(bytes);
    return this;
  }

  /// The header up to the data section.
  public byte[] header() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
    put(out, 4, 3);
    put(out, 8, contents.size());
    put(out, 8, keyCount);
    out.writeBytes(keys.toByteArray());
    out.writeBytes(table.toByteArray());
    pad(out, out.size());
    return out.toByteArray();
  }

  /// The whole file. The stream stays open.
  ///
  /// @throws IOException where the stream fails, or a tensor's data has another length than its
  ///   shape says
  public void writeTo(OutputStream target) throws IOException {
    BufferedOutputStream out = new BufferedOutputStream(target, 1 << 16);
    out.write(header());
    for (Content content : contents) {
      Counted counted = new Counted(out);
      content.data().writeTo(counted);
      if (counted.written != content.bytes()) {
        throw new IOException(
            "A tensor of " + content.bytes() + " bytes was given " + counted.written);
      }
      out.write(new byte[(int) (padded(content.bytes()) - content.bytes())]);
    }
    out.flush();
  }

  private static final class Counted extends OutputStream {
    private final OutputStream out;
    private long written;

    Counted(OutputStream out) {
      this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
      out.write(b);
      written++;
    }

    @Override
    public void write(byte[] bytes, int from, int n) throws IOException {
      out.write(bytes, from, n);
      written += n;
    }
  }

  private void key(String key, int type) {
    string(keys, key);
    put(keys, 4, type);
    keyCount++;
  }

  private void array(String key, int elementType, int count) {
    key(key, 9);
    put(keys, 4, elementType);
    put(keys, 8, count);
  }

  private static void string(ByteArrayOutputStream out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    put(out, 8, bytes.length);
    out.writeBytes(bytes);
  }

  private static void put(ByteArrayOutputStream out, int bytes, long value) {
    byte[] all =
        ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
    out.write(all, 0, bytes);
  }

  private static void pad(ByteArrayOutputStream out, long written) {
    out.writeBytes(new byte[(int) (padded(written) - written)]);
  }

  private static long padded(long bytes) {
    return (bytes + ALIGNMENT - 1) & -ALIGNMENT;
  }
}
