package dev.corral.templates;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DynamicTest;

/// Reads a table of features: `=== name`, a template, a line `-->`, and the text that the reference
/// engine makes of it.
public final class Features {
  private Features() {}

  /// A test for each feature of a table.
  public static List<DynamicTest> tests(String language, UnaryOperator<String> render) {
    List<DynamicTest> tests = new ArrayList<>();
    String[] blocks = read(language + "-features.txt").split("(?m)^=== ", -1);
    for (String block : List.of(blocks).subList(1, blocks.length - 1)) {
      int title = block.indexOf('\n');
      int arrow = block.indexOf("\n-->\n");
      String template = block.substring(title + 1, arrow);
      String expected = block.substring(arrow + 5, block.length() - 1);
      tests.add(
          DynamicTest.dynamicTest(
              block.substring(0, title),
              () -> assertThat(render.apply(template)).isEqualTo(expected)));
    }
    return tests;
  }

  public static Map<String, Json> values(String language) {
    return ((Json.Fields) JsonReader.read(read(language + "-values.json"), true)).fields();
  }

  private static String read(String name) {
    try (InputStream file = Features.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(file, name).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
