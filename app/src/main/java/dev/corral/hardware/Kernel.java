package dev.corral.hardware;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/// Small files of the kernel. One that is not there tells nothing.
final class Kernel {
  private Kernel() {}

  static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      return List.of();
    }
  }

  /// The first bytes of a file that is no text; none where it is not there.
  static byte[] bytes(Path file, int most) {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(most);
    } catch (IOException e) {
      return new byte[0];
    }
  }

  /// What lies in a folder, by name, numbers in their order.
  static List<Path> entries(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .sorted(
              Comparator.comparingInt((Path file) -> name(file).length())
                  .thenComparing(Kernel::name))
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }

  /// `DRIVER=amdgpu`; empty where no line begins so.
  static String text(List<String> lines, String start) {
    return lines.stream()
        .filter(line -> line.startsWith(start))
        .map(line -> line.substring(start.length()).strip())
        .findFirst()
        .orElse("");
  }

  static OptionalLong number(Path file) {
    return lines(file).stream()
        .map(String::strip)
        .filter(line -> line.matches("\\d{1,18}"))
        .mapToLong(Long::parseLong)
        .findFirst();
  }

  /// `MemAvailable: 23456 kB`
  static OptionalLong kibibytes(List<String> lines, String name) {
    return find(lines, name + ":").stream().map(count -> count << 10).findFirst();
  }

  /// `inactive_file 4096`
  static OptionalLong field(List<String> lines, String name) {
    return find(lines, name + " ");
  }

  private static OptionalLong find(List<String> lines, String start) {
    return lines.stream()
        .filter(line -> line.startsWith(start))
        .map(line -> line.substring(start.length()).replaceAll("[^0-9]", ""))
        .filter(digits -> !digits.isEmpty() && digits.length() < 19)
        .mapToLong(Long::parseLong)
        .findFirst();
  }
}
