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
import java.util.zip.GZIPInputStream;

/// Reads the header of a file that somebody named: a whole model, its header alone, or that packed
/// by gzip.
final class HeaderFile {
  /// More than any header has; a packed one could be of any size.
  private static final int MOST_UNPACKED = 64 << 20;

  private static final int GZIP_FIRST = 0x1f;
  private static final int GZIP_SECOND = 0x8b;

  private HeaderFile() {}

  /// @throws Failure where it is not there, cannot be read or is damaged
  static Gguf read(Path file) {
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
