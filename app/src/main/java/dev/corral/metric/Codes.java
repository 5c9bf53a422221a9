package dev.corral.metric;

import dev.corral.exchange.ExchangeEvent;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/// The values of the label `code`: the class of the status that was sent, or what became of the
/// answer where the status does not tell.
final class Codes {
  private static final List<String> WORDS =
      List.of("2xx", "3xx", "4xx", "5xx", "broken", "client-left");
  private static final int BROKEN = 4;
  private static final int CLIENT_LEFT = 5;

  private Codes() {}

  static int of(ExchangeEvent event) {
    return switch (event.outcome()) {
      case BROKEN -> BROKEN;
      case CLIENT_LEFT -> CLIENT_LEFT;
      case ANSWERED, REFUSED, BACKEND_FAILED -> Math.clamp(event.status() / 100, 2, 5) - 2;
    };
  }

  static String word(int code) {
    return WORDS.get(code);
  }

  static LongAdder[] counters() {
    LongAdder[] counters = new LongAdder[WORDS.size()];
    Arrays.setAll(counters, _ -> new LongAdder());
    return counters;
  }
}
