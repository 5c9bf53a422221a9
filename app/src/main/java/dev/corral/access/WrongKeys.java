package dev.corral.access;

import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/// Counts the unknown keys that come from each address. Beyond so many in a while there is no
/// looking into why any more, only when to come back. A right key is let in all the same: nobody
/// shall lock out the others behind his address, and no number of tries finds a key of 256 bits.
/// Used from any thread.
public final class WrongKeys {
  /// A wrong key in a client that tries again every few seconds stays below this.
  static final int MOST = 20;

  static final Duration WINDOW = Duration.ofMinutes(1);

  /// About a megabyte; the oldest are forgotten first.
  static final int ADDRESSES = 10_000;

  /// Whoever has one address of version 6 has the other ones of its network too: the first half.
  private static final int NETWORK_BYTES = 8;

  private final InstantSource clock;
  private final Map<String, Count> counts = new LinkedHashMap<>();

  private record Count(long sinceMillis, int keys) {}

  public WrongKeys(InstantSource clock) {
    this.clock = clock;
  }

  /// Notes one more.
  ///
  /// @param address as numbers, version 4 or 6
  /// @return seconds after which the address is heard again; 0 while it has not tried too often
  public synchronized int note(String address) {
    long now = clock.millis();
    String who = network(address);
    Count before = counts.get(who);
    if (before == null || now - before.sinceMillis() >= WINDOW.toMillis()) {
      // Taken out first, so that the order of the map is that of the windows.
      counts.remove(who);
      counts.put(who, new Count(now, 1));
      if (counts.size() > ADDRESSES) {
        counts.remove(counts.keySet().iterator().next());
      }
      return 0;
    }
    counts.put(who, new Count(before.sinceMillis(), Math.min(before.keys() + 1, MOST + 1)));
    long left = before.sinceMillis() + WINDOW.toMillis() - now;
    return before.keys() < MOST ? 0 : (int) Math.ceilDiv(left, 1_000);
  }

  private static String network(String address) {
    if (!address.contains(":")) {
      return address;
    }
    byte[] bytes = InetAddress.ofLiteral(address).getAddress();
    return HexFormat.of().formatHex(bytes, 0, Math.min(NETWORK_BYTES, bytes.length));
  }
}
