package dev.corral.engine;

import java.util.ArrayDeque;
import java.util.Deque;

/// One after another, in the order in which they came. Safe for any number of threads.
final class Line {
  private final Deque<Place> places = new ArrayDeque<>();

  /// Goes to the end of the line.
  Place join() {
    synchronized (places) {
      Place place = new Place();
      places.addLast(place);
      return place;
    }
  }

  /// Whose it is closes it when it is done, or when it no longer wants its turn.
  final class Place implements AutoCloseable {
    private boolean left;

    /// True where nobody is before it.
    boolean first() {
      synchronized (places) {
        return places.peekFirst() == this;
      }
    }

    /// @return false where it was closed before its turn came
    boolean awaitTurn() throws InterruptedException {
      synchronized (places) {
        while (!left && places.peekFirst() != this) {
          places.wait();
        }
        return !left;
      }
    }

    @Override
    public void close() {
      synchronized (places) {
        left = true;
        places.remove(this);
        places.notifyAll();
      }
    }
  }
}
