package dev.corral.gguf;

import java.nio.ByteBuffer;

/// Reads one header: a glance at the first 256 KiB, then all of it. The bytes of the glance are not
/// fetched a second time. One thread at a time.
public final class GgufReader {
  private final ByteSource source;
  private final ReadSettings settings;
  private ByteBuffer first = ByteBuffer.allocate(0);

  public GgufReader(ByteSource source, ReadSettings settings) {
    this.source = source;
    this.settings = settings;
  }

  /// The whole header, in one call.
  public static Reading read(ByteSource source, ReadSettings settings) {
    return new GgufReader(source, settings).finish();
  }

  /// What one request of 256 KiB tells: [Reading.Provisional], or [Reading.Exact] where the header
  /// ends inside it.
  public Reading glance() {
    return parse(Window.FIRST);
  }

  /// The whole header; never [Reading.Provisional].
  public Reading finish() {
    return parse(Long.MAX_VALUE);
  }

  private Reading parse(long end) {
    Window window = new Window(source, first, end);
    HeaderParser parser = new HeaderParser(window, source.length(), settings);
    try {
      return new Reading.Exact(parser.parse());
    } catch (Damage damage) {
      return damage.refused();
    } catch (Window.Beyond beyond) {
      return new Reading.Provisional(parser.soFar());
    } finally {
      if (end == Window.FIRST) {
        first = window.start();
      }
    }
  }
}
