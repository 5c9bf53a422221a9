package dev.corral.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OllamaVariablesTest {
  @ParameterizedTest
  @CsvSource({
    "localhost,                        http://localhost:11434",
    "localhost:1234,                   http://localhost:1234",
    ":1234,                            http://127.0.0.1:1234",
    "0.0.0.0,                          http://127.0.0.1:11434",
    "0.0.0.0:1234,                     http://127.0.0.1:1234",
    "::,                               http://127.0.0.1:11434",
    "[::]:1234,                        http://127.0.0.1:1234",
    "::1,                              http://[::1]:11434",
    "[::1],                            http://[::1]:11434",
    "[::1]:1234,                       http://[::1]:1234",
    "http://box,                       http://box:80",
    "https://box,                      https://box:443",
    "https://box:8443/,                https://box:8443",
    "http://box:11434/v1,              http://box:11434",
    "http://box:11434/v1/,             http://box:11434",
    "http://box:11434/api/generate,    http://box:11434",
    "https://box/ollama/v1/,           https://box:443/ollama",
    "http://0.0.0.0:11434/,            http://127.0.0.1:11434",
    "http://ann:pw@box:1,              http://ann:pw@box:1",
    "box:99999,                        http://box:11434",
    "box:,                             http://box:11434",
    "' \" box:1 \" ',                  http://box:1",
    "my_service.local,                 http://my_service.local:11434",
  })
  void anAddressIsReadAsOllamaReadsIt(String text, String url) {
    assertThat(OllamaVariables.url(text)).contains(url);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ftp://box", "a b", "http://box/?q=1", "bo%78", "http://[zz]:1", "\u0000"})
  void whatIsNoAddressIsSetAsideWithANote(String text) {
    Variables variables = Variables.of(Map.of("OLLAMA_BASE_URL", text, "OLLAMA_HOST", "box"));

    assertThat(OllamaVariables.url(text)).isEmpty();
    assertThat(OllamaVariables.backend(variables))
        .contains(new Given("http://box:11434", "OLLAMA_HOST"));
    assertThat(OllamaVariables.notes(variables))
        .containsExactly("OLLAMA_BASE_URL is not an address of an Ollama and was set aside");
  }

  @Test
  void theMostParticularVariableNamesTheBackend() {
    Map<String, String> all =
        Map.of("OLLAMA_BASE_URL", "http://a", "OLLAMA_ENDPOINT", "b", "OLLAMA_HOST", "c");

    assertThat(OllamaVariables.backend(Variables.of(all)))
        .contains(new Given("http://a:80", "OLLAMA_BASE_URL"));
    assertThat(
            OllamaVariables.backend(
                Variables.of(Map.of("OLLAMA_ENDPOINT", "b", "OLLAMA_HOST", "c"))))
        .contains(new Given("http://b:11434", "OLLAMA_ENDPOINT"));
    assertThat(OllamaVariables.backend(Variables.of(Map.of()))).isEmpty();
  }

  @Test
  void theOtherVariablesBecomeSettingsBelowTheFile() {
    Variables variables =
        Variables.of(
            Map.of(
                "OLLAMA_DEFAULT_MODEL", "ollama/llama3.2:1b",
                "OLLAMA_MAX_CONCURRENT", "4",
                "OLLAMA_ORIGINS", "http://localhost:3000,app://*,http://*.lan"));

    assertThat(OllamaVariables.settings(variables))
        .isEqualTo(
            Map.of(
                "default", new Given("llama3.2:1b", "OLLAMA_DEFAULT_MODEL"),
                "limits.concurrent", new Given("4", "OLLAMA_MAX_CONCURRENT"),
                "server.origins", new Given("http://localhost:3000", "OLLAMA_ORIGINS")));
    assertThat(OllamaVariables.notes(variables))
        .containsExactly(
            "OLLAMA_ORIGINS holds patterns (app://*, http://*.lan);"
                + " name exact origins in server.origins instead");
  }
}
