package dev.corral.door;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

/// Under which names this machine may be called, and whose pages may ask.
class OriginsTest {
  private final Origins origins =
      new Origins(List.of("https://farm.example"), List.of("Barn.example"), "Rig");

  @ParameterizedTest
  @NullAndEmptySource
  @ValueSource(
      strings = {
        "localhost",
        "LOCALHOST:11435",
        "rig",
        "rig:80",
        "127.0.0.1:1",
        "192.168.1.7",
        "[::1]:80",
        "x.localhost",
        "rig.local",
        "host.docker.internal:11435",
        "barn.example:443"
      })
  void namesOfThisMachineAndItsNetworkAreKnown(String host) {
    assertThat(origins.knownHost(host)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"evil.example", "1.2.3.4.example", "1.2.3", "localhost.evil.example"})
  void aNameThatSomebodyElseMayLeadHereIsNot(String host) {
    assertThat(origins.knownHost(host)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"https://farm.example", "http://localhost:3000", "https://[::1]", "tauri://x"})
  void pagesThatAreNamedOrOfThisMachineMayAsk(String origin) {
    assertThat(origins.allowed(origin)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://farm.example", "https://evil.example", "ftp://localhost", "null"})
  void otherPagesMayNot(String origin) {
    assertThat(origins.allowed(origin)).isFalse();
  }

  @Test
  void thePageOfThisVeryServerIsKnownByItsOwnName() {
    assertThat(Origins.same("http://rig:11435", "rig:11435")).isTrue();
    assertThat(Origins.same("https://RIG", "rig")).isTrue();
    assertThat(Origins.same("http://rig:80", "rig:11435")).isFalse();
    assertThat(Origins.same("http://rig", null)).isFalse();
  }
}
