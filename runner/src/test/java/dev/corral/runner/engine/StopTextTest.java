package dev.corral.runner.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class StopTextTest {

  @Test
  void textWithoutStopsComesAtOnce() {
    var text = new StopText(List.of());

    assertThat(text.add(utf8("Hello"))).isEqualTo("Hello");
    assertThat(text.add(utf8(" there"))).isEqualTo(" there");
    assertThat(text.rest()).isEmpty();
  }

  @Test
  void aCharacterThatSpansTokensComesWhenItIsWhole() {
    var text = new StopText(List.of());
    var smile = utf8("🙂");

    assertThat(text.add(new byte[] {smile[0]})).isEmpty();
    assertThat(text.add(new byte[] {smile[1], smile[2]})).isEmpty();
    assertThat(text.add(new byte[] {smile[3], '!'})).isEqualTo("🙂!");
  }

  @Test
  void aCharacterWhoseEndNeverCameIsDropped() {
    var text = new StopText(List.of());
    text.add(new byte[] {'a', (byte) 0xE2, (byte) 0x82});

    assertThat(text.rest()).isEmpty();
  }

  @Test
  void bytesThatAreNoTextBecomeReplacementCharacters() {
    var text = new StopText(List.of());

    assertThat(text.add(new byte[] {'a', (byte) 0xFF, 'b'})).isEqualTo("a\uFFFDb");
  }

  @Test
  void aStopTextThatSpansTokensEndsTheTextBeforeIt() {
    var text = new StopText(List.of("</answer>"));

    assertThat(text.add(utf8("42</ans"))).isEqualTo("42");
    assertThat(text.add(utf8("wer> and"))).isEmpty();
    assertThat(text.found()).isEqualTo("</answer>");
    assertThat(text.add(utf8(" more"))).isEmpty();
  }

  @Test
  void whatOnlyLookedLikeAStopTextIsGivenBack() {
    var text = new StopText(List.of("</answer>"));

    assertThat(text.add(utf8("a </"))).isEqualTo("a ");
    assertThat(text.add(utf8("b>"))).isEqualTo("</b>");
    assertThat(text.add(utf8("<"))).isEmpty();
    assertThat(text.rest()).isEqualTo("<");
    assertThat(text.found()).isNull();
  }

  @Test
  void theFirstStopTextInTheAnswerCountsAndNotTheFirstInTheList() {
    var text = new StopText(List.of("later", "soon"));

    assertThat(text.add(utf8("see you soon or later"))).isEqualTo("see you ");
    assertThat(text.found()).isEqualTo("soon");
  }

  @Test
  void aBeginningThatRepeatsIsHeldAsLongAsItMustBe() {
    var text = new StopText(List.of("aab"));

    assertThat(text.add(utf8("aa"))).isEmpty();
    assertThat(text.add(utf8("a"))).isEqualTo("a");
    assertThat(text.add(utf8("b"))).isEmpty();
    assertThat(text.found()).isEqualTo("aab");
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
