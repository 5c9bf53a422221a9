package dev.corral.door;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.vertx.core.http.HttpServerOptions;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SlowHeadsTest {
  private static final String WHOLE = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

  private final SlowHeads heads = new SlowHeads();
  private final EmbeddedChannel client = new EmbeddedChannel();

  @BeforeEach
  void open() {
    Framing.Strict strict = new Framing.Strict(new HttpServerOptions(), client);
    client.pipeline().addLast(strict);
    heads.watch(strict);
  }

  @AfterEach
  void close() {
    var _ = client.close();
  }

  private void sends(String text) {
    client.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
  }

  private void looks(int times) {
    for (int i = 0; i < times; i++) {
      heads.look();
    }
    client.runPendingTasks();
  }

  @Test
  void aHeadThatBeginsAndDoesNotEndIsToldAndItsConnectionClosed() {
    sends("GET / HTTP/1.1\r\nHost: local");
    looks(SlowHeads.LOOKS - 1);
    sends("h");
    assertThat(client.isOpen()).isTrue();
    looks(1);
    assertThat(client.<ByteBuf>readOutbound().toString(StandardCharsets.US_ASCII))
        .startsWith("HTTP/1.1 408 ")
        .endsWith("{\"error\":\"The request's head came too slowly. Send it at once.\"}");
    assertThat(client.isOpen()).isFalse();
  }

  @Test
  void theSecondHeadOfAConnectionIsNoExceptionButNothingIsSaidIntoAnAnswer() {
    sends(WHOLE + "GET / HT");
    looks(SlowHeads.LOOKS);
    assertThat(client.outboundMessages()).isEmpty();
    assertThat(client.isOpen()).isFalse();
  }

  @Test
  void whoSendsNothingOrHasBeenHeardMayWaitForEver() {
    looks(2 * SlowHeads.LOOKS);
    sends(WHOLE);
    looks(2 * SlowHeads.LOOKS);
    sends("\r\n");
    looks(2 * SlowHeads.LOOKS);
    sends("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n123");
    looks(2 * SlowHeads.LOOKS);
    assertThat(client.isOpen()).isTrue();
  }
}
