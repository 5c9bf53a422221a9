package dev.corral.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/// How tables look on a terminal.
class ScreenTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private List<String> table(List<String> head, List<String> row) {
    PrintStream printed = new PrintStream(out, true, StandardCharsets.UTF_8);
    new Screen(printed, printed, false, true, true, false).table(head, List.of(row));
    return out.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void aTableIsAsAiryAsOllamas() {
    assertThat(table(List.of("NAME", "ID"), List.of("a", "1")))
        .containsExactly("NAME    ID", "a       1");
  }

  @Test
  void aTableThatWouldBeWiderThanATerminalMovesTogether() {
    String cell = "x".repeat(18);
    List<String> lines = table(List.of("A", "B", "C", "D"), List.of(cell, cell, cell, cell));
    assertThat(lines)
        .last()
        .isEqualTo(String.join("  ", cell, cell, cell, cell))
        .asString()
        .hasSize(78);
  }

  @Test
  void whatGoesToAnAsciiStreamIsUtf8() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Screen.written(new PrintStream(bytes, true, StandardCharsets.US_ASCII)).print("grün →");
    assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo("grün →");
    PrintStream latin = new PrintStream(bytes, true, StandardCharsets.ISO_8859_1);
    assertThat(Screen.written(latin)).as("somebody chose it").isSameAs(latin);
  }
}
