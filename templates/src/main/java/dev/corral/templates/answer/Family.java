package dev.corral.templates.answer;

import java.util.List;
import java.util.stream.Stream;

/// How calls are written by the models of a family.
///
/// @param name as in `docs/compatibility.md`
/// @param marks all of these stand in a template whose model writes so, should it not show a call
///   in what it renders; none where a text cannot tell
/// @param sections what says that calls follow
/// @param units how a call is written
/// @param closers what ends calls; nobody's text
/// @param inner what else may be a token within a call
record Family(
    String name,
    List<String> marks,
    List<String> sections,
    List<Unit> units,
    List<String> closers,
    List<String> inner) {
  static final Family NONE = new Family("", List.of(), List.of(), List.of(), List.of(), List.of());

  Family(
      String name,
      List<String> marks,
      List<String> sections,
      List<Unit> units,
      List<String> closers) {
    this(name, marks, sections, units, closers, List.of());
  }

  Family with(String... tokens) {
    return new Family(name, marks, sections, units, closers, List.of(tokens));
  }

  boolean isNone() {
    return name.isEmpty();
  }

  /// True where calls that a template wrote, or the template itself, show this family's own marks.
  boolean shows(String source, String written) {
    if (units.isEmpty()) {
      return marks.stream().allMatch(source::contains);
    }
    boolean announced = units.stream().allMatch(unit -> unit.where() == Unit.Where.ANYWHERE);
    return !announced || sections.isEmpty() || sections.stream().anyMatch(written::contains);
  }

  /// All that must reach the parser as text; a bracket does so anyway.
  Stream<String> texts() {
    Stream<String> opens = units.stream().map(Unit::open).filter(open -> open.length() > 1);
    return Stream.of(sections.stream(), opens, closers.stream(), inner.stream())
        .flatMap(some -> some);
  }
}
