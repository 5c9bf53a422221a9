package dev.corral.metric;

/// Writes Prometheus' text format, version 0.0.4: for each family its help, its type, its samples.
final class Text {
  private final StringBuilder text = new StringBuilder(16 * 1024);

  void family(String name, String type, String help) {
    text.append("# HELP ").append(name).append(' ').append(help).append('\n');
    text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
  }

  /// @param labels names and values in turn
  void sample(String name, long value, String... labels) {
    series(name, labels);
    text.append(' ').append(value).append('\n');
  }

  /// @param labels names and values in turn
  void sample(String name, double value, String... labels) {
    series(name, labels);
    text.append(' ').append(value).append('\n');
  }

  private void series(String name, String... labels) {
    text.append(name);
    for (int i = 0; i < labels.length; i += 2) {
      text.append(i == 0 ? '{' : ',').append(labels[i]).append("=\"");
      escape(labels[i + 1]);
      text.append('"');
    }
    if (labels.length > 0) {
      text.append('}');
    }
  }

  /// A family of one sample without labels.
  void single(String name, String type, String help, long value) {
    family(name, type, help);
    sample(name, value);
  }

  /// A family of one sample without labels.
  void single(String name, String type, String help, double value) {
    family(name, type, help);
    sample(name, value);
  }

  private void escape(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '\\' -> text.append("\\\\");
        case '"' -> text.append("\\\"");
        case '\n' -> text.append("\\n");
        default -> text.append(Character.isISOControl(c) ? '\uFFFD' : c);
      }
    }
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
