package dev.corral.templates;

/// Ends a compilation or a rendering; caught at its edge and told as a value. Without a stack
/// trace, because the place that matters is a line of the template.
public final class TemplateFailure extends RuntimeException {
  private static final long serialVersionUID = 1;
  private final int line;

  public TemplateFailure(String reason, int line) {
    super(reason, null, false, false);
    this.line = line;
  }

  public TemplateFailure(String reason) {
    this(reason, 0);
  }

  /// The reason as an outcome.
  ///
  /// @param where the line that was being run, used where the failure names none
  public Rendered.Failed at(int where) {
    return new Rendered.Failed(String.valueOf(getMessage()), line == 0 ? where : line);
  }

  public int line() {
    return line;
  }
}
