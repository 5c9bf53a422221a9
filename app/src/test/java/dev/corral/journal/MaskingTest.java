package dev.corral.journal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What looks like a key does not reach the log, wherever it stands in a line.
class MaskingTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          got hf_AbCdEfGhIj from it | got hf_*** from it
          crl_0123456789abcdef is unknown | crl_*** is unknown
          sk-0123456789abcdef | sk-***
          https://hen:egg@example.com/x | https://***@example.com/x
          Authorization: Bearer abcdefgh.ij | Authorization: Bearer ***
          sent Basic aGVuOmVnZw== | sent Basic ***
          password=egg&x=1 | password=***&x=1
          "api_key": "0123" | "api_key": "***"
          """)
  void aKeyIsMaskedAndTheRestIsKept(String line, String shown) {
    assertThat(Secrets.masked(line)).isEqualTo(shown);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"hf.co/owner/repo:Q4_K_M is pulled", "task-12345678 of 7 tokens", "ask me"})
  void aLineWithoutAKeyStaysAsItIs(String line) {
    assertThat(Secrets.masked(line)).isEqualTo(line);
  }
}
