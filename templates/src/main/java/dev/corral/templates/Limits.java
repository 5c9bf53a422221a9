package dev.corral.templates;

import java.time.Duration;

/// How much one rendering may use. A template beyond any of these fails with a reason; it never
/// takes the process with it.
///
/// @param steps parts of the template evaluated and list entries visited
/// @param depth calls and parts within parts at once; 300 fit on a stack of 512 KiB
/// @param characters of all texts made on the way, together; a list entry weighs as 64
/// @param time by the clock of the machine
public record Limits(long steps, int depth, long characters, Duration time) {
  /// Far above what published templates need for a long chat (some 10,000 steps for 50 messages),
  /// and far below what hurts.
  public static final Limits USUAL =
      new Limits(2_000_000, 300, 64 * 1024 * 1024, Duration.ofSeconds(5));

  /// The longest template that is read at all: forty times the longest that was published.
  static final int SOURCE = 1024 * 1024;

  /// The nesting of a template's own text, and of JSON read from text.
  public static final int NESTING = 150;

  /// Refuses a template too long to be one.
  ///
  /// @throws TemplateFailure with the reason
  public static void checkSource(String source) {
    if (source.length() > SOURCE) {
      throw new TemplateFailure("the template is longer than " + SOURCE + " characters");
    }
  }
}
