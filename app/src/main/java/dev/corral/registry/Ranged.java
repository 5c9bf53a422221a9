package dev.corral.registry;

import dev.corral.outbound.Response;
import java.io.InputStream;

/// What asking for a range of a blob came to.
public sealed interface Ranged permits Ranged.Part, Trouble {
  /// The bytes, while they come.
  ///
  /// @param from offset of the first: that of the range, or 0 where the registry knows no ranges
  /// @param whole the registry sends the whole blob, whatever was asked for
  record Part(Response response, long from, boolean whole) implements Ranged, AutoCloseable {
    public InputStream bytes() {
      return response.body();
    }

    @Override
    public void close() {
      response.close();
    }
  }
}
