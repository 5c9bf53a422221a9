package dev.corral;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.engine.Engine.Ability;
import org.junit.jupiter.api.Test;

/// What a terminal shows first.
class GreetingTest {
  private static final Ability ABLE = new Ability(true, "own runner, cpu", "");
  private static final Ability UNABLE =
      new Ability(false, "", "the engine's libraries are not here. Start Corral with its launcher");

  @Test
  void aMachineWithNothingIsToldInFourLinesWhatToDo() {
    assertThat(new Greeting("http://127.0.0.1:1", "nothing", true, false, ABLE, 0).lines())
        .contains(
            "  own engine ready (own runner, cpu)",
            "  no model yet",
            "  pull one: corral pull llama3.2:1b",
            "  or see it work without network: corral demo");
  }

  @Test
  void modelsThatAreThereAreCounted() {
    assertThat(new Greeting("http://127.0.0.1:1", "nothing", true, false, ABLE, 2).lines())
        .contains("  2 models: corral list")
        .doesNotContain("  no model yet");
  }

  @Test
  void withoutLibrariesTheWayToThemIsToldUnlessABackendIsNamed() {
    assertThat(new Greeting("http://127.0.0.1:1", "an Ollama", false, false, UNABLE, 0).lines())
        .contains("  backend: an Ollama", "  own engine: " + UNABLE.why());
    assertThat(new Greeting("http://127.0.0.1:1", "an Ollama", false, true, UNABLE, 0).lines())
        .hasSize(3);
  }

  @Test
  void programsAreToldInOneObject() {
    assertThat(new Greeting("http://127.0.0.1:1", "an Ollama", true, false, ABLE, 2).document())
        .isEqualTo(
            "{\"version\":\"%s\",\"url\":\"http://127.0.0.1:1\",\"backends\":\"an Ollama\",\"engine\":true,\"models\":2}"
                .formatted(Version.OURS));
  }
}
