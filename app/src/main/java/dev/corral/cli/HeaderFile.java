package dev.corral.cli;

import dev.corral.gguf.ByteSource;
import dev.corral.gguf.FileBytes;
import dev.corral.gguf.Gguf;
import dev.corral.gguf.GgufReader;
import dev.corral.gguf.ReadSettings;
import dev.corral.gguf.Reading;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/// Reads the header of a file that somebody named: a whole model, its header alone, or that packed
/// by gzip.
final class HeaderFile {
  /// More than any header has; a packed one could be of any size.
  private static final int MOST_UNPACKED = 64 << 20;

  private static final int GZIP_FIRST = 0x1f;
  private static final int GZIP_SECOND = 0x8b;

  private static final Pattern PART = Pattern.compile("(.+)-(\\d{5})-of-(\\d{5})\\.gguf");

  private HeaderFile() {}

  /// @param file of a split set the first
  /// @throws Failure where it is not there, cannot be read or is damaged
  static Gguf read(Path file) {
    Gguf first = one(file);
    if (first.parts() == 1) {
      return first;
    }
    try {
      return first.with(others(file, first));
    } catch (IllegalArgumentException e) {
      throw new Failure(
          Exit.FAILED,
          "'" + file.getFileName() + "' cannot be judged: " + e.getMessage(),
          "Fetch the set again.");
    }
  }

  private static List<Gguf> others(Path file, Gguf first) {
    String name = String.valueOf(file.getFileName());
    Matcher part = PART.matcher(name);
    if (!part.matches() || Integer.parseInt(part.group(3)) != first.parts()) {
      throw new Failure(
          Exit.FAILED,
          "'"
              + name
              + "' is one of "
              + first.parts()
              + " files of a model, and its name does not"
              + " say which",
          String.format(
              Locale.ROOT,
              "Name the first of them, ending in -00001-of-%05d.gguf.",
              first.parts()));
    }
    if (Integer.parseInt(part.group(2)) != 1) {
      throw new Failure(
          Exit.USAGE,
          "'" + name + "' is not the first file of its model, and only that one has all facts",
          "Name the file that ends in -00001-of-" + part.group(3) + ".gguf.");
    }
    List<Gguf> others = new ArrayList<>();
    for (int i = 2; i <= first.parts(); i++) {
      String other =
          String.format(Locale.ROOT, "%s-%05d-of-%s.gguf", part.group(1), i, part.group(3));
      Path beside = file.resolveSibling(other);
      if (!Files.isRegularFile(beside)) {
        throw new Failure(
            Exit.FAILED,
            "'"
                + name
                + "' is the first of "
                + first.parts()
                + " files, and '"
                + other
                + "' is not beside it",
            "Put all files of the model into one folder.");
      }
      others.add(one(beside));
    }
    return others;
  }

  private static Gguf one(Path file) {
    if (Files.isDirectory(file)) {
      throw new Failure(Exit.USAGE, "'" + file + "' is a folder", "Name a GGUF file in it.");
    }
    if (!Files.exists(file)) {
      throw new Failure(
          Exit.MISSING,
          "there is no file '" + file + "'",
          "A model of the server is named without a path: corral list");
    }
    return switch (reading(file)) {
      case Reading.Exact(Gguf gguf) -> gguf;
      case Reading.Provisional(Gguf gguf) -> gguf;
      case Reading.Refused refused ->
          throw new Failure(
              Exit.FAILED,
              "'" + file.getFileName() + "' cannot be judged: " + refused.reason(),
              "Fetch it again, or name another file.");
    };
  }

  private static Reading reading(Path file) {
    try (FileBytes bytes = FileBytes.open(file)) {
      return packed(file)
          ? GgufReader.read(ByteSource.of(unpacked(file)), ReadSettings.forFit())
          : GgufReader.read(bytes, ReadSettings.forFit());
    } catch (IOException e) {
      throw new Failure(
          Exit.FAILED,
          "'" + file.getFileName() + "' cannot be read: " + Answers.words(e),
          "May you read it, and is it whole?");
    }
  }

  private static boolean packed(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.read() == GZIP_FIRST && in.read() == GZIP_SECOND;
    }
  }

  private static byte[] unpacked(Path file) throws IOException {
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      byte[] bytes = in.readNBytes(MOST_UNPACKED + 1);
      if (bytes.length > MOST_UNPACKED) {
        throw new IOException("unpacked it is larger than any header");
      }
      return bytes;
    }
  }
}
