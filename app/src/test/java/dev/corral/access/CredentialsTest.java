package dev.corral.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CredentialsTest {
  private static final Credentials SHOWN = new Credentials.Shown("corral_abc");

  @Test
  void everyCarrierShowsTheSameKey() {
    assertThat(Credentials.from(List.of(), List.of())).isEqualTo(new Credentials.None());
    assertThat(Credentials.from(List.of("Bearer corral_abc"), List.of())).isEqualTo(SHOWN);
    assertThat(Credentials.from(List.of("bearer   corral_abc "), List.of())).isEqualTo(SHOWN);
    assertThat(Credentials.from(List.of(), List.of(" corral_abc"))).isEqualTo(SHOWN);
    assertThat(basic("anybody:corral_abc")).isEqualTo(SHOWN);
    assertThat(basic("corral_abc:")).isEqualTo(SHOWN);
    assertThat(basic("corral_abc")).isEqualTo(SHOWN);
    assertThat(basic("corral_abc:x")).isEqualTo(SHOWN);
    assertThat(basic("corral_abc:corral_abc")).isEqualTo(SHOWN);
    assertThat(Credentials.from(List.of("Bearer corral_abc"), List.of("corral_abc")))
        .isEqualTo(SHOWN);
  }

  @Test
  void twoDifferentKeysContradictEachOtherInWhateverCarriers() {
    Credentials contradiction = new Credentials.Contradiction();
    assertThat(Credentials.from(List.of("Bearer a"), List.of("b"))).isEqualTo(contradiction);
    assertThat(Credentials.from(List.of("Bearer a", "Bearer b"), List.of()))
        .isEqualTo(contradiction);
    assertThat(Credentials.from(List.of(), List.of("a", "b"))).isEqualTo(contradiction);
    assertThat(Credentials.from(List.of("Bearer a"), List.of(""))).isEqualTo(contradiction);
    assertThat(basic("corral_a:corral_b")).isEqualTo(contradiction);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Bearer",
        "Bearer ",
        "Digest x",
        "corral_abc",
        "Basic",
        "Basic ???",
        "Basic /w=="
      })
  void whatCannotBeAKeyIsNotTakenForNone(String header) {
    assertThat(Credentials.from(List.of(header), List.of())).isEqualTo(new Credentials.Unusable());
  }

  @Test
  void aKeyOfAMegabyteIsNotEvenHashed() {
    String huge = "x".repeat(1 << 20);
    assertThat(Credentials.from(List.of("Bearer " + huge), List.of()))
        .isEqualTo(new Credentials.Unusable());
    assertThat(basic("a:" + huge)).isEqualTo(new Credentials.Unusable());
    assertThat(Credentials.from(List.of(), List.of(huge))).isEqualTo(new Credentials.Unusable());
  }

  @Test
  void aSecretIsInNoText() {
    assertThat(SHOWN.toString()).doesNotContain("abc");
  }

  private static Credentials basic(String pair) {
    String encoded = Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    return Credentials.from(List.of("Basic " + encoded), List.of());
  }
}
