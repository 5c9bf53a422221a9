package dev.corral.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private static final String LINES =
      "{\"status\":\"läuft …\"}\n{\"error\":\"öffne /root/.ollama/models/blobs/x: voll\"}\n";

  private static String passed(Buffer whole, int size) {
    Progress progress = new Progress();
    Buffer out = Buffer.buffer();
    for (int at = 0; at < whole.length(); at += size) {
      out.appendBuffer(progress.take(whole.slice(at, Math.min(at + size, whole.length()))));
    }
    return out.appendBuffer(progress.rest()).toString();
  }

  @Test
  void howeverItIsCutNoPathOfTheDiskPassesAndNoCharacterBreaks() {
    Buffer whole = Buffer.buffer(LINES);
    for (int size = 1; size <= whole.length(); size++) {
      assertThat(passed(whole, size))
          .startsWith("{\"status\":\"läuft …\"}\n{\"error\":\"öffne ")
          .endsWith(": voll\"}\n")
          .doesNotContain("root", "�");
    }
  }

  @Test
  void aLineIsPassedOnWithItsLastByteAndNotLater() {
    Progress progress = new Progress();
    assertThat(progress.take(Buffer.buffer("{\"a\":1}\n{\"b\"")).toString())
        .isEqualTo("{\"a\":1}\n");
    assertThat(progress.take(Buffer.buffer(":2}")).length()).isZero();
    assertThat(progress.take(Buffer.buffer("\n")).toString()).isEqualTo("{\"b\":2}\n");
    assertThat(progress.rest().length()).isZero();
  }

  @Test
  void aLineWithoutAnEndIsNotHeldForEver() {
    Progress progress = new Progress();
    Buffer piece = Buffer.buffer("x".repeat(60_000).getBytes(StandardCharsets.US_ASCII));
    assertThat(progress.take(piece).length()).isZero();
    assertThat(progress.take(piece).length()).isEqualTo(120_000);
  }
}
