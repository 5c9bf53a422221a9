package dev.corral.outbound;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Ends requests from another thread, in whatever state they are. An interrupt would do for a
/// socket, but it also closes the file that its bytes are written to.
public final class Leash {
  private final List<Closeable> held = new ArrayList<>();
  private boolean cut;

  /// Closes what is held now, and at once whatever is attached later.
  public void cut() {
    List<Closeable> all;
    synchronized (held) {
      cut = true;
      all = List.copyOf(held);
      held.clear();
    }
    all.forEach(Leash::close);
  }

  public boolean isCut() {
    synchronized (held) {
      return cut;
    }
  }

  void attach(Closeable one) throws IOException {
    synchronized (held) {
      if (!cut) {
        held.add(one);
        return;
      }
    }
    one.close();
    throw new IOException("ended by us");
  }

  void release(Closeable one) {
    synchronized (held) {
      held.remove(one);
    }
  }

  private static void close(Closeable one) {
    try {
      one.close();
    } catch (IOException _) {
      // It is over either way.
    }
  }
}
