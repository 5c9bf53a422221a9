package dev.corral.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathMaskTest {
  private static final String DIGEST =
      "sha256-1111111111111111111111111111111111111111111111111111111111111111";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          open /root/.ollama/models/manifests/reg.example/nope/x/latest: no such file or directory | open …/: no such file or directory
          open /root/.ollama/models/manifests/127.0.0.1:25000/ns/x/t: no such file | open …/: no such file
          write /var/lib/ollama/blobs/sha256-2134726755: no space left on device | write …/sha256-2134726755: no space left on device
          remove /data/models/blobs/sha256-5f617eddfb2c-partial-1: no such file | remove …/sha256-5f617eddfb2c-partial-1: no such file
          file path must be relative: /etc/x.gguf | file path must be relative: …/
          open /tmp: permission denied | open …/: permission denied
          open:/root/x | open:…/
          path=/root/x, and more | path=…/, and more
          (checked: /usr/lib/ollama/a, /usr/lib/ollama/b) | (checked: …/, …/)
          FROM /usr/share/ollama/.ollama/models/blobs/sha256-abcdef | FROM …/sha256-abcdef
          open /Users/Jo Doe/.ollama/models/x: no such file | open …/: no such file
          open /Users/Jo van Doe/.ollama/models/x: no such file | open …/ van …/: no such file
          file:///root/secret.gguf is gone | …/ is gone
          open C:\\Users\\Jo\\.ollama\\models\\x: The system cannot find | open …/: The system cannot find
          open C:\\Users\\Jo Doe\\.ollama\\x: gone | open …/: gone
          open d:/models/x.gguf: gone | open …/: gone
          open \\\\nas\\share\\models\\x: gone | open …/: gone
          """)
  void pathsOfADiskAreTakenOut(String text, String masked) {
    assertThat(PathMask.mask(text)).isEqualTo(masked);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "model 'hf.co/owner/repo:Q4_K_M' not found",
        "model \"127.0.0.1:25000/ns/c:t\" not found, try pulling it first",
        "reg.example/library/markov-a:latest does not support tools",
        "pull model manifest: Get \"https://reg.example/v2/a/b/manifests/c\": dial tcp 127.0.0.1:1:"
            + " connect: connection refused",
        "Head \"https://reg.example/v2/library/x/blobs/sha256:5b77\": i/o timeout",
        "digest mismatch, expected \"sha256:aa\", got \"sha256:bb\"",
        "call /api/tags or /v1/chat/completions, or GET /manage/status and /health/live",
        "POST /api/show?x=1 failed",
        "source \"../x\" is invalid",
        "24/7, and/or, 30 tokens/s, application/json, /think",
        "404 page not found",
        "an error was encountered while running the model: unexpected EOF",
        "{\"error\":\"a \\\"quoted\\\" word\\nand a line\"}",
        "see http://localhost:11434/api/tags."
      })
  void whatIsNoPathOfADiskSurvives(String text) {
    assertThat(PathMask.mask(text)).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/root/.ollama/models/blobs/" + DIGEST,
        "C:\\Users\\Jo\\.ollama\\",
        "open \"C:\\Users\\Jo\": gone",
        "first line\n/root/.ollama/x\tand\n/home/jo/y",
        "a >/root/.ollama/x",
        "\\\\nas\\share\\x"
      })
  void jsonStaysJsonAndLosesThePathToo(String text) throws IOException {
    ObjectMapper jackson = new ObjectMapper();
    String json = jackson.writeValueAsString(jackson.createObjectNode().put("error", text));
    for (String written : new String[] {json, json.replace(">", "\\u003e")}) {
      String masked = PathMask.mask(written);
      assertThat(jackson.readTree(masked).path("error").asText())
          .contains("…/")
          .doesNotContain("ollama", "Jo", "nas", "home");
    }
  }

  @Test
  void aBlobKeepsItsDigest() {
    assertThat(PathMask.mask("open /x/blobs/" + DIGEST + ": no such file"))
        .isEqualTo("open …/" + DIGEST + ": no such file");
  }

  @Test
  void aLongTextTakesTimeInProportion() {
    String text = "/a".repeat(200_000) + "\\\\".repeat(100_000);
    assertThat(PathMask.mask(text)).hasSizeLessThan(text.length());
  }
}
