package dev.corral;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ArgumentsTest {
  private static Arguments parsed(String... words) {
    return Arguments.parse(List.of(words), Map.of("CORRAL_HOME", "/of/the/variable"));
  }

  @Test
  void settingsAreFlagsAndTheCommonOnesHaveShortNames() {
    Arguments given = parsed("--port", "8080", "--limits.queue=5", "--home", "/here");
    assertThat(given.flags()).isEqualTo(Map.of("server.port", "8080", "limits.queue", "5"));
    assertThat(given.home()).isEqualTo(Path.of("/here"));
    assertThat(parsed().home()).isEqualTo(Path.of("/of/the/variable"));
  }

  @Test
  void howMuchIsSaidIsNoSetting() {
    Arguments quiet = parsed("--quiet", "--port", "1", "--yes");
    assertThat(quiet.quiet()).isTrue();
    assertThat(quiet.json()).isFalse();
    assertThat(quiet.flags()).containsExactly(Map.entry("server.port", "1"));
    assertThat(parsed("-q").quiet()).isTrue();
    assertThat(parsed("--port", "1", "--json").json()).isTrue();
  }

  @Test
  void whatIsForVerbsThatAskAServerIsRefusedWithTheWayOut() {
    assertThatThrownBy(() -> parsed("--url", "http://box:1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'--url' is for verbs that ask a server")
        .hasMessageContaining("--port");
    assertThatThrownBy(() -> parsed("--key=x")).hasMessageContaining("'--key' is for verbs");
    assertThatThrownBy(() -> parsed("--port")).hasMessage("'--port' needs a value");
    assertThatThrownBy(() -> parsed("8080")).hasMessageContaining("is no setting");
  }
}
