package dev.corral.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A question to a model that sees or hears, taken apart as Ollama does: the files that it names
/// (`./cat.png`, `/tmp/a\ b.jpg`) go along, and their names leave the text.
///
/// @param text what is left to ask
/// @param contents each file in Base64, as `images` of a request wants it
/// @param files their paths
record Attached(String text, List<String> contents, List<Path> files) {
  /// A path begins with `/`, `./`, `../`, `~/` or a drive; a space in it may be escaped.
  private static final Pattern FILE =
      Pattern.compile(
          "(?<![\\w/.])(?:[a-zA-Z]:)?(?:~|\\.{1,2})?[/\\\\](?:\\\\.|[^\\n])+?"
              + "\\.(?i:jpe?g|png|webp|wav)\\b");

  /// Ollama's bound; a server may take less.
  private static final long MOST_BYTES = 100L << 20;

  /// Bytes that tell a file's kind.
  private static final int HEAD = 12;

  Attached {
    contents = List.copyOf(contents);
    files = List.copyOf(files);
  }

  /// A question to a model that reads only.
  static Attached none(String typed) {
    return new Attached(typed, List.of(), List.of());
  }

  /// Takes a question apart. What looks like a path and is no file stays text.
  ///
  /// @throws Failure where a file is no picture and no sound, or cannot be read
  static Attached read(String typed) {
    List<String> contents = new ArrayList<>();
    List<Path> files = new ArrayList<>();
    String text = typed;
    Matcher found = FILE.matcher(typed);
    for (int from = 0; found.find(from); ) {
      String name = found.group();
      Path file = file(name);
      if (file == null) {
        // Where a text has a slash before, the path begins behind it.
        from = found.start() + 1;
      } else {
        from = found.end();
        contents.add(Base64.getEncoder().encodeToString(bytes(file)));
        files.add(file);
        text = text.replace("'" + name + "'", "").replace(name, "");
      }
    }
    return new Attached(text.strip(), contents, files);
  }

  /// True where a line begins with the path of a file rather than with a command.
  static boolean beginsWithFile(String typed) {
    Matcher found = FILE.matcher(typed);
    return found.lookingAt() && file(found.group()) != null;
  }

  /// What a person reads who attached them.
  List<String> told() {
    return files.stream().map(file -> "Added '" + file + "'").toList();
  }

  private static @Nullable Path file(String name) {
    String plain = name.replaceAll("\\\\(?=[ ()\\[\\]{}$&;'*?~\\\\])", "");
    try {
      Path file =
          plain.startsWith("~/")
              ? Path.of(System.getProperty("user.home", "."), plain.substring(2))
              : Path.of(plain);
      return Files.isRegularFile(file) ? file : null;
    } catch (InvalidPathException e) {
      return null;
    }
  }

  private static byte[] bytes(Path file) {
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw new Failure(
            Exit.REFUSED, "'" + file + "' is larger than 100 MB", "Send a smaller one.");
      }
      byte[] bytes = Files.readAllBytes(file);
      if (!known(bytes)) {
        throw new Failure(
            Exit.USAGE,
            "'" + file + "' is no picture (JPEG, PNG, WebP) and no sound (WAV)",
            "Convert it, or write the name without a path to speak of it only.");
      }
      return bytes;
    } catch (IOException e) {
      throw new Failure(
          Exit.FAILED, "'" + file + "' cannot be read: " + Answers.words(e), "Check its rights.");
    }
  }

  private static boolean known(byte[] bytes) {
    String head = new String(bytes, 0, Math.min(HEAD, bytes.length), StandardCharsets.ISO_8859_1);
    boolean riff = head.startsWith("RIFF") && (head.endsWith("WEBP") || head.endsWith("WAVE"));
    return riff || head.startsWith("\u00ff\u00d8\u00ff") || head.startsWith("\u0089PNG\r\n");
  }
}
