package dev.corral.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FramesTest {
  private static final int MANY = 1_000;

  private static List<Sse.Event> sse(byte[] bytes, int cut) {
    Sse splitter = new Sse(MANY);
    List<Sse.Event> events = new ArrayList<>();
    assertThat(splitter.feed(bytes, 0, cut, events::add)).isTrue();
    assertThat(splitter.feed(bytes, cut, bytes.length - cut, events::add)).isTrue();
    splitter.finish(events::add);
    return events;
  }

  @Test
  void eventsComeWholeWhereverTheBytesAreCut() {
    String stream =
        "\uFEFFdata:1\n\n:c\n\nid: 7\nevent: delta\ndata: {\"a\":\ndata:  \"é\"}\nretry: 5\n\r\n"
            + "event: nothing\n\ndata:x\r\r\ndata: [DONE]";
    byte[] bytes = stream.getBytes(UTF_8);
    for (int cut = 0; cut <= bytes.length; cut++) {
      assertThat(sse(bytes, cut))
          .as("cut at %d", cut)
          .containsExactly(
              new Sse.Event("", "1"),
              new Sse.Event("delta", "{\"a\":\n \"é\"}"),
              new Sse.Event("", "x"),
              new Sse.Event("", "[DONE]"));
    }
  }

  @Test
  void aFrameWithoutEndIsGivenUpAtItsLimit() {
    byte[] bytes = "data: xxxxxxxxxx\n".getBytes(UTF_8);
    Sse events = new Sse(30);
    boolean good = true;
    for (int i = 0; i < 20 && good; i++) {
      good = events.feed(bytes, 0, bytes.length, event -> {});
    }
    assertThat(good).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "connection,        -,                        true",
        "transfer-encoding, -,                        true",
        "te,                -,                        true",
        "upgrade,           -,                        true",
        "content-type,      -,                        false",
        "content-type,      'close, Content-Type',    true",
        "x-mine,            'keep-alive,X-Mine ',     true",
        "mine,              'X-Mine',                 false",
        "trailers,          'close',                  false"
      })
  void whatBelongsToOneConnectionDoesNotTravel(String name, String connection, boolean stays) {
    assertThat(Headers.hopByHop(name, connection)).isEqualTo(stays);
  }
}
