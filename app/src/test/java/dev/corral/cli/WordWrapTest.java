package dev.corral.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/// An answer that comes letter by letter into a window of 20 columns.
class WordWrapTest {
  private static final int COLUMNS = 20;

  private final Window window = new Window(COLUMNS, true);
  private final WordWrap wrap = new WordWrap(() -> COLUMNS);

  private List<String> shown(String text) {
    text.codePoints().forEach(letter -> window.write(wrap.wrapped(Character.toString(letter))));
    return window.seen();
  }

  @Test
  void aWordIsKeptWhole() {
    assertThat(shown("The quick brown fox jumps over the lazy dog"))
        .containsExactly("The quick brown fox", "jumps over the lazy", "dog");
  }

  @Test
  void linesOfTheTextStay() {
    assertThat(shown("one\n\ntwo three four five six\n- seven"))
        .containsExactly("one", "", "two three four five", "six", "- seven");
  }

  @Test
  void aWordThatIsLongerThanALineIsLeftToTheTerminal() {
    assertThat(shown("see https://example.com/a/long/path and go on"))
        .containsExactly("see", "https://example.com/", "a/long/path and go", "on");
  }

  @Test
  void whatIsWrittenWithoutSpacesMayBreakAnywhere() {
    assertThat(wrap.wrapped("狐".repeat(12)).lines()).containsExactly("狐".repeat(9), "狐狐狐");
  }

  @Test
  void whereNobodyKnowsTheWidthNothingIsBroken() {
    String text = "word ".repeat(100);
    assertThat(new WordWrap(() -> 0).wrapped(text)).isEqualTo(text);
  }
}
