package dev.corral.registry;

import dev.corral.outbound.Response;
import java.io.InputStream;

/// What asking for a range of a blob came to.
public sealed interface Ranged permits Ranged.Part, Trouble {
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
}
