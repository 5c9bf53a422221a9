package dev.corral.gguf;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// One pass over a header. Nothing is allocated by a declared count: lists grow as entries are
/// really read. The limits are those that a model of any size keeps and the engine's reader allows;
/// sources: the format's text, llama.cpp's reader, and its past holes (memory-fit note, section 1).
final class HeaderParser {
  private static final int MAGIC = 0x46554747;
  private static final int OLDEST_VERSION = 2;
  private static final int NEWEST_VERSION = 3;
  private static final int DEFAULT_ALIGNMENT = 32;
  private static final int MAX_ALIGNMENT = 1 << 16;
  private static final int MAX_KEYS = 10_000;
  private static final int MAX_TENSORS = 100_000;
  private static final int MAX_NAME = 63;
  private static final int MAX_DIMENSIONS = 4;
  private static final long MAX_EXTENT = 1L << 32;

  /// The largest known header has 13 MB.
  private static final long MAX_HEADER = 64L << 20;

  /// Smallest entry: a key of one byte (8 + 1), its type (4), a value of one byte.
  private static final int LEAST_KEY_BYTES = 14;

  /// Smallest entry: a name of one byte (8 + 1), dimensions (4), type (4), offset (8).
  private static final int LEAST_TENSOR_BYTES = 25;

  private final Window window;
  private final long length;
  private final ReadSettings settings;
  private final ValueParser values;
  private final Map<String, GgufValue> metadata = new LinkedHashMap<>();
  private final List<Tensor> tensors = new ArrayList<>();
  private int version;
  private int alignment = DEFAULT_ALIGNMENT;
  private long tensorCount;

  HeaderParser(Window window, long length, ReadSettings settings) {
    this.window = window;
    this.length = length;
    this.settings = settings;
    this.values = new ValueParser(window, settings.keep());
  }

  Gguf parse() throws Damage, Window.Beyond {
    if (length <= 0) {
      throw new Damage(Fault.EMPTY, "The file is empty. Fetch it again.");
    }
    readMagicAndVersion();
    tensorCount = count(window.i64(), MAX_TENSORS, LEAST_TENSOR_BYTES, "tensors");
    long keys = count(window.i64(), MAX_KEYS, LEAST_KEY_BYTES, "metadata keys");
    for (long i = 0; i < keys; i++) {
      readKey();
    }
    alignment = readAlignment();
    Set<String> names = new HashSet<>();
    for (long i = 0; i < tensorCount; i++) {
      readTensor(names);
    }
    long dataStart = padded(window.position());
    long end = checkLayout(dataStart);
    if (settings.deep()) {
      checkVocabulary();
    }
    return gguf(dataStart, Math.max(end, length), true);
  }

  Gguf soFar() {
    return gguf(-1, length, false);
  }

  private Gguf gguf(long dataStart, long whole, boolean complete) {
    return new Gguf(
        version,
        alignment,
        Collections.unmodifiableMap(metadata),
        List.copyOf(tensors),
        tensorCount,
        dataStart,
        whole,
        complete);
  }

  private void readMagicAndVersion() throws Damage, Window.Beyond {
    if (length < Integer.BYTES || window.i32() != MAGIC) {
      throw new Damage(
          Fault.NOT_GGUF,
          "This is not a GGUF file: it does not start with 'GGUF'. A web page or another format may"
              + " have been saved under this name.");
    }
    version = window.i32();
    if ((version & 0xffff) == 0 && version != 0) {
      throw new Damage(
          Fault.BIG_ENDIAN,
          "This GGUF file is for big-endian machines. Take the little-endian one of the same"
              + " model.");
    }
    if (version < OLDEST_VERSION || version > NEWEST_VERSION) {
      throw new Damage(
          Fault.VERSION,
          "GGUF version "
              + Integer.toUnsignedString(version)
              + " is not supported by the engine; versions 2 and 3 are. Convert the model again"
              + " with a current converter.");
    }
  }

  private long count(long declared, int most, int leastBytes, String what) throws Damage {
    if (declared < 0 || declared > most) {
      throw new Damage(
          Fault.TOO_LARGE,
          "The file declares "
              + Long.toUnsignedString(declared)
              + " "
              + what
              + "; no model has more than "
              + most
              + ". The header is damaged.");
    }
    if (declared > window.left() / leastBytes) {
      throw new Damage(
          Fault.TRUNCATED,
          "The file declares " + declared + " " + what + ", more than its bytes can hold.");
    }
    return declared;
  }

  private void readKey() throws Damage, Window.Beyond {
    String key = values.key();
    GgufValue value = values.value(key);
    if (metadata.putIfAbsent(key, value) != null) {
      throw new Damage(Fault.DUPLICATE_KEY, "The metadata key '" + key + "' stands there twice.");
    }
    headerWithinBounds();
  }

  private void headerWithinBounds() throws Damage {
    if (window.position() > MAX_HEADER) {
      throw new Damage(
          Fault.TOO_LARGE,
          "The header is longer than " + (MAX_HEADER >> 20) + " MiB; no real model's is.");
    }
  }

  private int readAlignment() throws Damage {
    return switch (metadata.get("general.alignment")) {
      case null -> DEFAULT_ALIGNMENT;
      case GgufValue.Whole(long value)
          when value >= 8 && value <= MAX_ALIGNMENT && Long.bitCount(value) == 1 ->
          (int) value;
      case GgufValue other ->
          throw new Damage(
              Fault.BAD_ALIGNMENT,
              "general.alignment must be a power of two from 8 to "
                  + MAX_ALIGNMENT
                  + (other instanceof GgufValue.Whole(long value) ? ", not " + value : "")
                  + ".");
    };
  }

  private void readTensor(Set<String> names) throws Damage, Window.Beyond {
    long nameLength = window.i64();
    if (nameLength < 0 || nameLength > MAX_NAME) {
      throw new Damage(
          Fault.BAD_TENSOR,
          "Tensor " + tensors.size() + " has a name longer than " + MAX_NAME + " bytes.");
    }
    String name = ValueParser.printable(window.text((int) nameLength));
    if (!names.add(name)) {
      throw new Damage(Fault.DUPLICATE_TENSOR, "The tensor '" + name + "' stands there twice.");
    }
    int dimensions = window.i32();
    if (dimensions < 0 || dimensions > MAX_DIMENSIONS) {
      throw new Damage(
          Fault.BAD_TENSOR,
          "Tensor '" + name + "' has " + Integer.toUnsignedString(dimensions) + " dimensions.");
    }
    List<Long> shape = new ArrayList<>(dimensions);
    for (int i = 0; i < dimensions; i++) {
      long extent = window.i64();
      if (extent < 1 || extent > MAX_EXTENT) {
        throw new Damage(
            Fault.BAD_TENSOR,
            "Tensor '" + name + "' has a dimension of " + Long.toUnsignedString(extent) + ".");
      }
      shape.add(extent);
    }
    TensorType type = type(name, window.i32());
    long offset = window.i64();
    tensors.add(new Tensor(name, shape, type, offset, bytes(name, shape, type)));
    headerWithinBounds();
  }

  private static TensorType type(String name, int id) throws Damage {
    return TensorType.of(id)
        .orElseThrow(() ->
            new Damage(
                Fault.UNKNOWN_QUANTIZATION,
                "Tensor '"
                    + name
                    + "' has the quantization number "
                    + Integer.toUnsignedString(id)
                    + ", which the engine does not know (any more). Take a file made with a"
                    + " current converter."));
  }

  private static long bytes(String name, List<Long> shape, TensorType type) throws Damage {
    long row = shape.isEmpty() ? 1 : shape.getFirst();
    if (row % type.elements() != 0) {
      throw new Damage(
          Fault.BAD_TENSOR,
          "Tensor '"
              + name
              + "' has rows of "
              + row
              + " elements, not a multiple of the "
              + type.elements()
              + " that a block of "
              + type
              + " holds.");
    }
    try {
      return type.size(shape.stream().reduce(1L, Math::multiplyExact));
    } catch (ArithmeticException e) {
      throw new Damage(Fault.BAD_TENSOR, "Tensor '" + name + "' is larger than any file.");
    }
  }

  /// Each tensor starts where the one before it ends, as the engine demands; that rules out overlap
  /// and gaps in one. Returns where the last one ends in the file.
  private long checkLayout(long dataStart) throws Damage {
    long next = 0;
    long end = dataStart;
    for (Tensor tensor : tensors) {
      if (tensor.offset() != next) {
        throw new Damage(
            Fault.OVERLAP,
            "Tensor '"
                + tensor.name()
                + "' starts at "
                + Long.toUnsignedString(tensor.offset())
                + " instead of "
                + next
                + ", so tensors overlap or leave a gap. The header is damaged.");
      }
      try {
        end = Math.addExact(dataStart, Math.addExact(next, tensor.bytes()));
        next = padded(Math.addExact(next, tensor.bytes()));
      } catch (ArithmeticException e) {
        throw new Damage(Fault.BAD_TENSOR, "The tensors are larger than any file.");
      }
    }
    boolean bare = settings.headerAlone() && length <= dataStart;
    if (end > length && !bare) {
      throw new Damage(
          Fault.TRUNCATED,
          "The file has "
              + length
              + " bytes and its tensors need "
              + end
              + ". It was not downloaded or copied to its end; fetch it again.");
    }
    return end;
  }

  private void checkVocabulary() throws Damage {
    if (!(metadata.get(Gguf.ARCHITECTURE) instanceof GgufValue.Text(String name))
        || name.isBlank()) {
      throw new Damage(
          Fault.NO_ARCHITECTURE,
          "The file does not say what model it is ('" + Gguf.ARCHITECTURE + "' is missing).");
    }
    VocabularyCheck.check(metadata, values.repeatedTokens());
  }

  private long padded(long position) {
    return Math.addExact(position, alignment - 1L) & -alignment;
  }
}
