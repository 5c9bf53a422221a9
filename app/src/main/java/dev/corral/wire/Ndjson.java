package dev.corral.wire;

/// Splits a stream of JSON lines into its lines, wherever its pieces end. Empty lines are no
/// frames.
///
/// One instance per stream; not for several threads.
public final class Ndjson {
  private final Lines lines;

  /// @param longest the most bytes that a line may have
  public Ndjson(int longest) {
    this.lines = new Lines(longest);
  }

  /// @return false once a line is too long; then nothing more comes
  public boolean feed(byte[] bytes, int from, int length, Frames to) {
    return lines.feed(bytes, from, length, (line, at, size) -> pass(line, at, size, to));
  }

  /// The end of the stream: a last line needs no line feed.
  public void finish(Frames to) {
    lines.finish((line, at, size) -> pass(line, at, size, to));
  }

  private static void pass(byte[] line, int at, int size, Frames to) {
    if (size > 0) {
      to.frame(line, at, size);
    }
  }
}
