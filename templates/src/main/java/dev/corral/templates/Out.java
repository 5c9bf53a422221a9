package dev.corral.templates;

import java.util.List;

/// Text being made, every character paid for before it is written.
public final class Out {
  private static final MarkedText BLANK = MarkedText.trusted(" ");
  private final MarkedText.Builder builder = new MarkedText.Builder();
  private final Meter meter;

  public Out(Meter meter) {
    this.meter = meter;
  }

  public Out add(MarkedText text) {
    meter.text(text.length());
    builder.append(text);
    return this;
  }

  public Out add(MarkedText text, int from, int to) {
    meter.text(to - from);
    builder.append(text, from, to);
    return this;
  }

  public Out add(String text, boolean userSupplied) {
    meter.text(text.length());
    builder.append(text, userSupplied);
    return this;
  }

  public Out add(String trusted) {
    return add(trusted, false);
  }

  public Out repeat(MarkedText text, long times) {
    if (text.isEmpty() || times <= 0) {
      return this;
    }
    boolean tooMany = times > Integer.MAX_VALUE;
    meter.text(tooMany ? Long.MAX_VALUE : text.length() * times);
    List<Segment> segments = text.segments();
    if (segments.size() == 1) {
      builder.append(text.toString().repeat((int) times), segments.getFirst().userSupplied());
    } else {
      for (long i = 0; i < times; i++) {
        builder.append(text);
      }
    }
    return this;
  }

  public Out pad(long blanks) {
    return repeat(BLANK, blanks);
  }

  public Meter meter() {
    return meter;
  }

  public MarkedText marked() {
    return builder.build();
  }
}
