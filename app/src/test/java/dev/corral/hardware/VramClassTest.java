package dev.corral.hardware;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// How cards are sorted.
class VramClassTest {
  /// What drivers tell of cards, in MiB.
  @ParameterizedTest
  @CsvSource({
    "6144,6 GB",
    "8188,8 GB",
    "10240,8 GB",
    "12282,12 GB",
    "16376,16 GB",
    "20475,16 GB",
    "24564,24 GB",
    "32607,32+ GB",
    "81559,32+ GB"
  })
  void aCardIsOfTheLargestClassThatItFills(long mebibytes, String name) {
    assertThat(VramClass.of(mebibytes << 20).orElseThrow().name()).isEqualTo(name);
  }

  @Test
  void aCardBelowAllClassesHasNoneAndEachClassNamesExamples() {
    assertThat(VramClass.of(4L << 30)).isEmpty();
    assertThat(VramClass.of(0)).isEmpty();
    assertThat(VramClass.ALL).allSatisfy(one -> assertThat(one.cards()).isNotEmpty());
  }
}
