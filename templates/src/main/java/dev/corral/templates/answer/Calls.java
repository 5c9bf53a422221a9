package dev.corral.templates.answer;

import dev.corral.templates.answer.Marks.Found;
import dev.corral.templates.answer.Unit.Call;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads the stretch of an answer in which calls stand, from the mark that announces them to the
/// first text that belongs to none. It works on the text that its parser holds, from its beginning.
final class Calls {
  /// The longest call, in characters; far above what a model writes, far below what hurts. What is
  /// longer is content.
  static final int MAX_CALL = 1024 * 1024;

  sealed interface Step {
    /// The end is still to come.
    record More() implements Step {}

    /// Calls were read, and taken out of the held text.
    record Read(List<Call> calls) implements Step {}

    /// The stretch is over: what is held now belongs to none.
    record Over() implements Step {}

    /// So many characters looked like a call and are none.
    record Broken(int length) implements Step {}
  }

  private static final Step MORE = new Step.More();
  private static final Step OVER = new Step.Over();
  private static final String SEPARATORS = ",;[]"; // of calls in a list

  private final StringBuilder held;
  private final Family family;
  private final Tools tools;
  private final Marks marks;

  private int at;
  private boolean open; // within a section
  private boolean announced; // a section began, and no call of it was read yet
  private int from; // where the unit begins
  private @Nullable Unit unit;
  private Extent.@Nullable Reach reach;

  Calls(StringBuilder held, Family family, Tools tools) {
    this.held = held;
    this.family = family;
    this.tools = tools;
    List<Mark> all = new ArrayList<>();
    family.sections().forEach(text -> all.add(Mark.of(text, Mark.Meaning.SECTION)));
    family.closers().forEach(text -> all.add(Mark.of(text, Mark.Meaning.CLOSER)));
    family.units().forEach(form -> all.add(Mark.of(form)));
    marks = new Marks(all);
  }

  /// Begins with a mark that was found; what is held before it is white space.
  void begin(int position, Mark mark) {
    unit = null;
    announced = mark.meaning() == Mark.Meaning.SECTION;
    open =
        announced || mark.unit().map(Unit::where).orElse(Unit.Where.ANYWHERE) == Unit.Where.START;
    at = position + (announced ? mark.text().length() : 0);
    mark.unit().ifPresent(form -> enter(form, position));
  }

  /// Begins with the arguments of a call whose name a header told.
  void begin(int position, String name) {
    announced = false;
    open = false;
    enter(new Unit("", Unit.Where.ANYWHERE, Extent.Balanced.JSON, JsonCalls.of(name)), position);
  }

  private void enter(Unit form, int position) {
    unit = form;
    from = position;
    reach = form.extent().reach(form, position, family.closers());
  }

  Step step(boolean last) {
    return unit != null && reach != null ? unit(unit, reach, last) : between(last);
  }

  private Step between(boolean last) {
    while (true) {
      blank();
      if (at == held.length()) {
        return end(last);
      }
      switch (marks.at(held, at, last)) {
        case Found.Maybe _ -> {
          return MORE;
        }
        case Found.Hit(int _, Mark mark) when fits(mark) -> {
          return mark(mark, last);
        }
        case Found.Hit _, Found.Nothing _ -> {
          if (!open || SEPARATORS.indexOf(held.charAt(at)) < 0) {
            return other();
          }
          at++;
        }
      }
    }
  }

  private boolean fits(Mark mark) {
    return open || mark.unit().map(Unit::where).orElse(Unit.Where.ANYWHERE) == Unit.Where.ANYWHERE;
  }

  private Step end(boolean last) {
    if (announced && (last || at > MAX_CALL)) {
      return new Step.Broken(at);
    }
    drop();
    return last ? OVER : MORE;
  }

  private Step mark(Mark mark, boolean last) {
    drop();
    switch (mark.meaning()) {
      case UNIT -> enter(mark.unit().orElseThrow(), at);
      case SECTION -> {
        announced = true;
        open = true;
        at += mark.text().length();
      }
      default -> {
        open = announced;
        at += mark.text().length();
      }
    }
    return step(last);
  }

  private Step other() {
    if (announced) {
      return new Step.Broken(at);
    }
    drop();
    return OVER;
  }

  /// Forgets what was read, unless it may have to be given back.
  private void drop() {
    if (!announced) {
      held.delete(0, at);
      at = 0;
    }
  }

  private void blank() {
    while (at < held.length() && Character.isWhitespace(held.charAt(at))) {
      at++;
    }
  }

  private Step unit(Unit form, Extent.Reach progress, boolean last) {
    int end = progress.end(held);
    if (end == Extent.Reach.OPEN && !last && held.length() <= MAX_CALL) {
      return MORE;
    }
    unit = null;
    boolean stopped =
        last && form.extent() instanceof Extent.Until(String _, boolean stops) && stops;
    if (end == Extent.Reach.BROKEN) {
      return new Step.Broken(progress.position());
    }
    if (end == Extent.Reach.OPEN && !stopped) {
      return new Step.Broken(held.length());
    }
    int behind = end == Extent.Reach.OPEN ? held.length() : end;
    List<Call> calls = form.reading().read(held.substring(from, behind), tools);
    boolean known =
        form.where() != Unit.Where.START || calls.stream().allMatch(call -> tools.has(call.name()));
    if (calls.isEmpty() || !known) {
      return new Step.Broken(behind);
    }
    held.delete(0, behind);
    at = 0;
    announced = false;
    return new Step.Read(calls);
  }

  /// What may announce calls.
  static List<Mark> openings(Family family, boolean atStart) {
    List<Mark> openings = new ArrayList<>();
    family.sections().forEach(text -> openings.add(Mark.of(text, Mark.Meaning.SECTION)));
    family.units().stream()
        .filter(form ->
            form.where() == Unit.Where.ANYWHERE || (atStart && form.where() == Unit.Where.START))
        .forEach(form -> openings.add(Mark.of(form)));
    return openings;
  }
}
