package dev.corral.templates.jinja;

import dev.corral.templates.Limits;
import dev.corral.templates.MarkedText;
import dev.corral.templates.Meter;
import java.time.Clock;

/// One run of a template: what it has used, where it is, and the two walkers of its tree. Used by
/// one thread, once.
final class Rendering {
  final Meter meter;
  final Clock clock;
  final Expressions expressions = new Expressions(this);
  final Statements statements = new Statements(this);

  /// The line that is being run, for error messages.
  int line;

  Rendering(Limits limits, Clock clock) {
    this.meter = new Meter(limits);
    this.clock = clock;
  }

  /// Text that a function made, paid for.
  Value.Text text(MarkedText text) {
    meter.text(text.length());
    return new Value.Text(text);
  }
}
