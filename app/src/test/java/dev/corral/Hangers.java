package dev.corral;

import dev.corral.testkit.Body;

/// Recordings keep what a name meant before as Corral does, under names that nobody may touch
/// through Corral. Played, they keep it under names as long as those, which are anybody's.
public final class Hangers {
  private static final String OURS = "corral/anchor:";
  private static final String ANYBODYS = "corral/hanger:";

  private Hangers() {}

  public static String in(String text) {
    return text.replace(OURS, ANYBODYS);
  }

  /// The body itself where it names none.
  public static Body in(Body body) {
    String text = body.text();
    return text.contains(OURS) ? Body.of(in(text)) : body;
  }
}
