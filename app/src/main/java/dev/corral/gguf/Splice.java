package dev.corral.gguf;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Makes one model of a split set (`gguf-split`): the first part's keys byte for byte, but for
/// those that speak of the split, then the tensors of all parts, whose data follow each other.
public final class Splice {
  /// `split.no`, `split.count`, `split.tensors.count`.
  private static final String SPLIT = "split.";

  private static final int FIXED = 24;
  private static final int TEXT = 8;
  private static final int ARRAY = 9;

  private Splice() {}

  /// The header of the whole, padded: what follows is the data of the first part, then that of the
  /// second one, each tensor padded to the alignment.
  ///
  /// @param first the header of the first part as it lies in its file, checked before
  /// @param whole the tensors of all parts in order; offsets do not matter
  public static byte[] header(byte[] first, Gguf whole) {
    ByteBuffer in = ByteBuffer.wrap(first).order(ByteOrder.LITTLE_ENDIAN);
    long keyCount = in.getLong(16);
    in.position(FIXED);
    ByteArrayOutputStream keys = new ByteArrayOutputStream(first.length);
    long kept = 0;
    for (long i = 0; i < keyCount; i++) {
      int from = in.position();
      String key = text(in);
      skip(in, in.getInt());
      if (!key.startsWith(SPLIT)) {
        keys.write(first, from, in.position() - from);
        kept++;
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(first.length);
    out.write(first, 0, 8);
    put(out, 8, whole.tensors().size());
    put(out, 8, kept);
    out.writeBytes(keys.toByteArray());
    table(out, whole);
    out.writeBytes(new byte[(int) (padded(out.size(), whole.alignment()) - out.size())]);
    return out.toByteArray();
  }

  /// Bytes of tensors that follow each other, each padded.
  public static long dataBytes(List<Tensor> tensors, int alignment) {
    return tensors.stream().mapToLong(tensor -> padded(tensor.bytes(), alignment)).sum();
  }

  /// True where each tensor follows the one before it, as llama.cpp wants it and [#header(byte[],
  /// Gguf)] takes for granted.
  public static boolean inOrder(Gguf part, int alignment) {
    long at = 0;
    for (Tensor tensor : part.tensors()) {
      if (tensor.offset() != at) {
        return false;
      }
      at += padded(tensor.bytes(), alignment);
    }
    return true;
  }

  private static void table(ByteArrayOutputStream out, Gguf whole) {
    long offset = 0;
    for (Tensor tensor : whole.tensors()) {
      byte[] name = tensor.name().getBytes(StandardCharsets.UTF_8);
      put(out, 8, name.length);
      out.writeBytes(name);
      put(out, 4, tensor.shape().size());
      tensor.shape().forEach(extent -> put(out, 8, extent));
      put(out, 4, tensor.type().id());
      put(out, 8, offset);
      offset += padded(tensor.bytes(), whole.alignment());
    }
  }

  private static long padded(long bytes, int alignment) {
    return (bytes + alignment - 1) / alignment * alignment;
  }

  private static String text(ByteBuffer in) {
    byte[] bytes = new byte[Math.toIntExact(in.getLong())];
    in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static void skip(ByteBuffer in, int type) {
    switch (type) {
      case TEXT -> forward(in, in.getLong());
      case ARRAY -> {
        int elements = in.getInt();
        long count = in.getLong();
        if (elements == TEXT || elements == ARRAY) {
          for (long i = 0; i < count; i++) {
            skip(in, elements);
          }
        } else {
          forward(in, count * width(elements));
        }
      }
      default -> forward(in, width(type));
    }
  }

  private static void forward(ByteBuffer in, long bytes) {
    in.position(Math.toIntExact(in.position() + bytes));
  }

  private static int width(int type) {
    return switch (type) {
      case 0, 1, 7 -> 1;
      case 2, 3 -> 2;
      case 4, 5, 6 -> 4;
      case 10, 11, 12 -> 8;
      default -> throw new IllegalArgumentException("a value has an unknown type");
    };
  }

  private static void put(ByteArrayOutputStream out, int bytes, long value) {
    byte[] all =
        ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
    out.write(all, 0, bytes);
  }

  /// The names of the parts that a set lacks, as far as one of its names tells them.
  ///
  /// @param part a name such as `m-00001-of-00003.gguf`
  /// @param numbers from 1
  public static List<String> names(String part, List<Integer> numbers) {
    List<String> names = new ArrayList<>();
    numbers.forEach(
        number -> names.add(part.replaceFirst("-\\d{5}-of-", "-%05d-of-".formatted(number))));
    return names;
  }
}
