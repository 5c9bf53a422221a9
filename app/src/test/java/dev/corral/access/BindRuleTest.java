package dev.corral.access;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BindRuleTest {
  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, true",
    "127.1.2.3, true",
    "localhost, true",
    "LOCALHOST, true",
    "::1, true",
    "[::1], true",
    "0:0:0:0:0:0:0:1, true",
    "0.0.0.0, false",
    "::, false",
    "'', false",
    "192.168.1.5, false",
    "127.0.0.1.evil.example, false",
    "localhost.evil.example, false",
    "box, false",
    "::ffff:10.0.0.1, false"
  })
  void aBindBeyondLoopbackWithoutKeysIsRefusedWithTwoWaysOut(String host, boolean loopback) {
    assertThat(BindRule.check(host, true)).isEmpty();
    if (loopback) {
      assertThat(BindRule.check(host, false)).isEmpty();
    } else {
      assertThat(BindRule.check(host, false).orElseThrow())
          .startsWith("server.host '" + host + "' can be reached from other machines")
          .contains("server.auth: keys", "corral keys create NAME", "server.host: 127.0.0.1");
    }
  }
}
