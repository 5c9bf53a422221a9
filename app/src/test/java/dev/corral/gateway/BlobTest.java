package dev.corral.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.RunningCorral;
import dev.corral.testkit.Answer;
import dev.corral.testkit.Body;
import dev.corral.testkit.Headers;
import dev.corral.testkit.OllamaNode;
import dev.corral.testkit.RawClient;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Uploads pass through without being held, and nothing of them is lost.
class BlobTest {
  @Test
  void aBlobArrivesWholeAndIsThereAfterwards() throws Exception {
    byte[] bytes = new byte[8 << 20];
    new Random(7).nextBytes(bytes);
    String digest =
        "sha256:" + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    try (OllamaNode node = OllamaNode.start();
        RunningCorral corral = RunningCorral.inFrontOf(node)) {
      assertThat(head(corral, digest).status()).isEqualTo(404);
      assertThat(send(corral, "POST", digest, Body.of(bytes)).status()).isEqualTo(201);
      assertThat(node.blob(digest)).contains(Body.of(bytes));
      assertThat(head(corral, digest).status()).isEqualTo(200);
    }
  }

  private static Answer head(RunningCorral corral, String digest) {
    return send(corral, "HEAD", digest, Body.EMPTY);
  }

  private static Answer send(RunningCorral corral, String verb, String digest, Body body) {
    try (RawClient client = RawClient.connect(corral.port())) {
      Headers headers =
          Headers.of("Host", "localhost", "Content-Length", Integer.toString(body.size()));
      return client.request(verb, "/api/blobs/" + digest, headers, body).answer();
    }
  }
}
