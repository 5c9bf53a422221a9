package dev.corral.testkit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Header lines in the order in which they stand on the wire; names keep their case and are
/// compared without it.
public record Headers(List<Header> lines) {
  /// One header line.
  public record Header(String name, String value) {}

  public Headers {
    lines = List.copyOf(lines);
  }

  /// Headers from `name, value, name, value, …`.
  public static Headers of(String... namesAndValues) {
    List<Header> lines = new ArrayList<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      lines.add(new Header(namesAndValues[i], namesAndValues[i + 1]));
    }
    return new Headers(lines);
  }

  /// The headers of some `Name: value` lines.
  static Headers parse(List<String> lines) {
    List<Header> headers = new ArrayList<>();
    for (String line : lines) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        headers.add(new Header(line.substring(0, colon), line.substring(colon + 1).strip()));
      }
    }
    return new Headers(headers);
  }

  /// The value of the first header of that name.
  public Optional<String> first(String name) {
    return lines.stream()
        .filter(line -> line.name().equalsIgnoreCase(name))
        .map(Header::value)
        .findFirst();
  }

  /// All values of that name, in order.
  public List<String> all(String name) {
    return lines.stream()
        .filter(line -> line.name().equalsIgnoreCase(name))
        .map(Header::value)
        .toList();
  }

  public boolean has(String name) {
    return first(name).isPresent();
  }

  /// Whether a header of that name has `token` in its comma list (`Connection: close`).
  public boolean says(String name, String token) {
    return all(name).stream()
        .flatMap(value -> List.of(value.split(",")).stream())
        .anyMatch(part -> part.strip().equalsIgnoreCase(token));
  }

  /// These headers and one more at the end.
  public Headers with(String name, String value) {
    List<Header> more = new ArrayList<>(lines);
    more.add(new Header(name, value));
    return new Headers(more);
  }

  /// These headers and others.
  Headers and(Headers others) {
    List<Header> more = new ArrayList<>(lines);
    more.addAll(others.lines);
    return new Headers(more);
  }

  /// In alphabetical order of their names, as Go writes the headers of a handler.
  Headers sorted() {
    return new Headers(lines.stream().sorted(Comparator.comparing(Header::name)).toList());
  }

  /// The lines as they go out, without the empty line behind them.
  String wire() {
    StringBuilder out = new StringBuilder();
    lines.forEach(line -> out.append(line.name()).append(": ").append(line.value()).append("\r\n"));
    return out.toString();
  }
}
