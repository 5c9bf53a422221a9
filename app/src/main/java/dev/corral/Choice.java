package dev.corral;

import dev.corral.config.Given;
import dev.corral.config.OllamaVariables;
import dev.corral.config.Variables;
import dev.corral.control.Backends;
import dev.corral.db.Database;
import dev.corral.fleet.Fleet;
import dev.corral.fleet.HealthSettings;
import dev.corral.fleet.Named;
import dev.corral.fleet.Search;
import dev.corral.ollama.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Which backends there are: those of the configuration, else the one that a variable names, else
/// the one that was found before, else whatever answers in a usual place. What was found is
/// remembered, so that an Ollama which is down at the next start is waited for and not replaced.
final class Choice {
  private static final String REMEMBERED = "backend.found";

  private final Database database;
  private final Node node;
  private final Backends added;

  Choice(Database database, Node node, Backends added) {
    this.database = database;
    this.node = node;
    this.added = added;
  }

  /// @param why one sentence, for `status`
  /// @param searching true where the usual places have not been looked at
  record Chosen(List<Named> backends, String why, boolean searching) {}

  Chosen of(Settings settings, Variables variables) {
    if (!settings.backends().isEmpty()) {
      List<Named> named =
          settings.backends().stream().map(backend -> new Named(backend, "config")).toList();
      return with(named, "named in the configuration", false);
    }
    Optional<Given> given = OllamaVariables.backend(variables);
    if (given.isPresent()) {
      Given one = given.get();
      return with(
          List.of(Search.found(one.text(), one.source())), "named by " + one.source(), false);
    }
    Optional<String> before = remembered();
    if (before.isPresent()) {
      return with(
          List.of(Search.found(before.get(), "found")),
          "found at " + before.get() + " at an earlier start",
          false);
    }
    return with(
        List.of(Search.found(Search.USUAL, "found")),
        "none is named, so an Ollama is awaited at " + Search.USUAL,
        true);
  }

  /// Looks in the usual places, beside the start. What answers first is taken and remembered.
  void search(Fleet fleet, Chosen chosen, HealthSettings health) {
    if (!chosen.searching()) {
      return;
    }
    Thread.ofVirtual()
        .name("search")
        .start(() ->
            Search.run(node)
                .ifPresent(place -> {
                  remember(place);
                  Chosen found =
                      with(List.of(Search.found(place, "found")), "found at " + place, false);
                  fleet.replace(found.backends(), found.why(), health);
                }));
  }

  private Chosen with(List<Named> named, String why, boolean searching) {
    List<Named> all = new ArrayList<>(named);
    all.addAll(added.all());
    return new Chosen(List.copyOf(all), why, searching);
  }

  private Optional<String> remembered() {
    return database
        .read(sql ->
            sql.query(
                row -> row.text("value"), "select value from setting where name = ?", REMEMBERED))
        .stream()
        .findFirst();
  }

  private void remember(String place) {
    int _ =
        database.inTransaction(sql ->
            sql.update(
                "insert into setting (name, value) values (?, ?)"
                    + " on conflict (name) do update set value = excluded.value",
                REMEMBERED,
                place));
  }
}
