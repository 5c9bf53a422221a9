package dev.corral.cli;

import dev.corral.api.PullCheck;
import dev.corral.model.Bytes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Looks at each model after a pull (its digest, whether it loads, has a template and says a
/// token), and tells it as a table.
final class PullTable {
  private final Verb verb;
  private final List<PullResult> results;

  PullTable(Verb verb, List<PullResult> results) {
    this.verb = verb;
    this.results = List.copyOf(results);
  }

  /// One model after the look.
  ///
  /// @param good whether all of it is as it should be
  record Row(
      String model,
      String target,
      boolean good,
      String state,
      String digest,
      String loads,
      String template,
      String token,
      String error) {}

  /// @param table whether a table is wanted, rather than a line for each
  /// @throws Failure where one of them is not as it should be
  void conclude(boolean table) {
    List<Row> rows = results.stream().map(this::look).toList();
    if (verb.json()) {
      rows.forEach(verb::document);
    } else if (table) {
      print(rows);
    } else {
      rows.stream().filter(Row::good).forEach(row -> verb.done("pulled '" + row.model() + "'"));
    }
    List<Row> bad = rows.stream().filter(row -> !row.good()).toList();
    if (!bad.isEmpty()) {
      throw new Failure(
          exit(rows),
          bad.size() == 1
              ? "'" + bad.getFirst().model() + "': " + bad.getFirst().error()
              : bad.size() + " of " + rows.size() + " models are not as they should be",
          bad.size() == 1 ? "" : "Try again with: corral pull");
    }
  }

  /// What all that are not good have in common; else it failed.
  private Exit exit(List<Row> rows) {
    Set<Exit> exits = EnumSet.noneOf(Exit.class);
    for (int i = 0; i < rows.size(); i++) {
      if (!rows.get(i).good()) {
        exits.add(results.get(i).exit());
      }
    }
    return exits.size() == 1 ? exits.iterator().next() : Exit.FAILED;
  }

  private void print(List<Row> rows) {
    List<List<String>> cells = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      long size = results.get(i).plan().bytesTotal();
      cells.add(
          List.of(
              row.model(),
              row.target(),
              row.good() ? verb.screen().good(row.state()) : verb.screen().bad(row.state()),
              size == 0 ? "?" : new Bytes(size).human(),
              row.digest(),
              row.loads(),
              row.template(),
              row.token(),
              row.error().isEmpty() ? "-" : row.error()));
    }
    verb.screen()
        .table(
            List.of(
                "MODEL", "ON", "STATE", "SIZE", "DIGEST", "LOADS", "TEMPLATE", "TOKEN", "PROBLEM"),
            cells);
  }

  private Row look(PullResult result) {
    String model = result.plan().model();
    if (!result.there()) {
      String state = result.job() == null ? "missing" : result.job().state();
      String error = result.error().isEmpty() ? "the pull was " + state : result.error();
      return new Row(model, result.plan().target(), false, state, "-", "-", "-", "-", error);
    }
    return answered(result, model);
  }

  private Row answered(PullResult result, String model) {
    String state = result.job() == null ? "there" : "pulled";
    String digest = digest(result);
    String target = result.plan().target();
    try {
      PullCheck check =
          Json.as(
              verb.server().post("/manage/pulls/check", Map.of("model", model, "on", target)),
              PullCheck.class);
      Boolean template = check.template();
      return new Row(
          model,
          target,
          check.answers(),
          state,
          digest,
          word(check.loads()),
          template == null ? "-" : template ? "yes" : "none",
          word(check.answers()),
          check.problem());
    } catch (Failure failure) {
      String error =
          failure.next().isEmpty() ? failure.text() : failure.text() + ". " + failure.next();
      return new Row(model, target, false, state, digest, "no", "-", "no", error);
    }
  }

  private static String word(boolean yes) {
    return yes ? "yes" : "no";
  }

  /// A job compares the digest itself; of what was there the plan tells.
  private static String digest(PullResult result) {
    Boolean current = result.plan().current();
    return result.job() != null ? "same" : current == null ? "?" : current ? "same" : "older";
  }
}
