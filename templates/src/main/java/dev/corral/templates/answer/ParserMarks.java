package dev.corral.templates.answer;

import dev.corral.templates.answer.Mark.Meaning;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Which marks mean something where an answer begins, within content, and within thinking.
record ParserMarks(Marks atStart, Marks inContent, Marks inThinking) {
  static ParserMarks of(Layout layout, Family family, boolean mayCall) {
    Optional<ThinkingTags> tags = layout.thinking();
    boolean anywhere = tags.map(ThinkingTags::anywhere).orElse(true);
    List<Mark> content = new ArrayList<>();
    layout.silent().forEach(text -> content.add(Mark.of(text, Meaning.SPEAK)));
    layout
        .headers()
        .ifPresent(all -> all.opens().forEach(text -> content.add(Mark.of(text, Meaning.HEADER))));
    if (mayCall) {
      content.addAll(Calls.openings(family, false));
    }
    List<Mark> thinking = new ArrayList<>(content);
    if (!anywhere) {
      thinking.removeIf(mark -> mark.meaning() == Meaning.SPEAK);
    }
    tags.ifPresent(pair -> thinking.add(Mark.of(pair.close(), Meaning.SPEAK)));
    List<Mark> start = new ArrayList<>(content);
    start.addAll(tags.map(ParserMarks::both).orElse(List.of()));
    layout
        .headers()
        .ifPresent(all -> all.first().forEach(text -> start.add(Mark.of(text, Meaning.HEADER))));
    if (mayCall) {
      start.addAll(Calls.openings(family, true));
    }
    if (anywhere) {
      content.addAll(tags.map(ParserMarks::both).orElse(List.of()));
    }
    return new ParserMarks(new Marks(start), new Marks(content), new Marks(thinking));
  }

  /// An answer may begin with the end of a thinking that it left out.
  private static List<Mark> both(ThinkingTags tags) {
    return List.of(Mark.of(tags.open(), Meaning.THINK), Mark.of(tags.close(), Meaning.SPEAK));
  }
}
