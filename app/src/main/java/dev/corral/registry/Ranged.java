package dev.corral.registry;

import dev.corral.outbound.Response;
import java.io.InputStream;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What asking for a range of a blob came to.
public sealed interface Ranged permits Ranged.Part, Trouble {
  Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d+)-(\\d+)/(\\d+|\\*)");

  /// The bytes, while they come.
  ///
  /// @param hangUp ends it, also before all bytes have come
  /// @param from offset of the first: that of the range, or 0 where the registry knows no ranges
  /// @param whole the registry sends the whole blob, whatever was asked for
  record Part(InputStream bytes, Runnable hangUp, long from, boolean whole)
      implements Ranged, AutoCloseable {
    /// The body of an answer.
    public Part(Response response, long from, boolean whole) {
      this(response.body(), response::close, from, whole);
    }

    @Override
    public void close() {
      hangUp.run();
    }
  }

  /// The part that a good answer (200 or 206) is.
  ///
  /// @param first offset of the first byte that was asked for
  static Part part(Response response, long first) {
    boolean whole = response.status() == 200;
    return new Part(response, whole ? 0 : first, whole);
  }

  /// What makes a good answer (200 or 206) another one than was asked for.
  ///
  /// @param first offset of the first byte that was asked for
  /// @param last offset of the last, inclusive
  /// @param size of the whole
  /// @param what it is, and who told its size, for the clause: `a blob`, `the manifest`
  /// @return a clause for people; empty where it is right
  static Optional<String> contradiction(
      Response response, long first, long last, long size, String what, String teller) {
    String other = what + " has %s bytes where " + teller + " says " + size;
    if (response.status() == 200) {
      long length = response.length();
      return length >= 0 && length != size
          ? Optional.of(other.formatted(length))
          : Optional.empty();
    }
    Matcher range = CONTENT_RANGE.matcher(response.header("content-range").orElse(""));
    if (!range.matches()) {
      return Optional.of("it answers a range without saying which");
    }
    String total = range.group(3);
    if (!total.equals("*") && !total.equals(Long.toString(size))) {
      return Optional.of(other.formatted(total));
    }
    boolean asked =
        range.group(1).equals(Long.toString(first)) && range.group(2).equals(Long.toString(last));
    return asked ? Optional.empty() : Optional.of("it answers another range than was asked for");
  }
}
