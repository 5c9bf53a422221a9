package dev.corral;

import dev.corral.config.OllamaVariables;
import dev.corral.config.Variables;
import dev.corral.control.Backends;
import dev.corral.db.Database;
import dev.corral.fleet.BackendSettings;
import dev.corral.fleet.Fleet;
import dev.corral.fleet.HealthSettings;
import dev.corral.fleet.Named;
import dev.corral.fleet.Search;
import dev.corral.node.OwnNode;
import dev.corral.ollama.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// Which backends there are: those of the configuration, else the one that a variable names, else
/// the one that was found before, else an Ollama that is installed or answers in a usual place,
/// else our own engine. What was found is remembered, so that an Ollama which is down at the next
/// start is waited for and not replaced.
final class Choice {
  private static final String REMEMBERED = "backend.found";

  private final Database database;
  private final Node node;
  private final Backends added;
  private final Own own;

  Choice(Database database, Node node, Backends added, Own own) {
    this.database = database;
    this.node = node;
    this.added = added;
    this.own = own;
  }

  /// What the choice must know of this machine.
  ///
  /// @param able our own engine could run models
  /// @param models there are models for it
  /// @param installed an Ollama is installed
  record Own(BooleanSupplier able, BooleanSupplier models, BooleanSupplier installed) {}

  /// @param why one sentence, for `status`
  /// @param searching true where the usual places have not been looked at
  record Chosen(List<Named> backends, String why, boolean searching) {}

  Chosen of(Settings settings, Variables variables) {
    boolean beside = settings.engine().enabled().equals("true");
    Optional<Chosen> named = named(settings, variables);
    if (named.isPresent()) {
      return beside ? beside(named.get()) : named.get();
    }
    if (beside) {
      return with(List.of(ownEngine()), "models run on the own engine (engine.enabled)", false);
    }
    Optional<String> before = remembered();
    boolean ownBefore = before.isPresent() && before.get().equals(BackendSettings.INSIDE);
    if (before.isPresent() && !ownBefore) {
      return with(
          List.of(Search.found(before.get(), "found")),
          "found at " + before.get() + " at an earlier start",
          false);
    }
    if (settings.engine().enabled().equals("false") || !own.able().getAsBoolean()) {
      return awaited("none is named, so an Ollama is awaited at " + Search.USUAL);
    }
    if (ownBefore && own.models().getAsBoolean()) {
      return with(List.of(ownEngine()), "models run on the own engine, as before", false);
    }
    if (own.installed().getAsBoolean()) {
      return awaited(
          "an Ollama is installed here, so it is awaited at "
              + Search.USUAL
              + "; engine.enabled: true runs models without it");
    }
    return with(
        List.of(ownEngine()), "no Ollama is named, installed or found: the own engine", true);
  }

  private static Optional<Named> first(Variables variables) {
    return OllamaVariables.backend(variables).map(one -> Search.found(one.text(), one.source()));
  }

  /// What the operator said.
  private Optional<Chosen> named(Settings settings, Variables variables) {
    if (!settings.backends().isEmpty()) {
      List<Named> named =
          settings.backends().stream().map(backend -> new Named(backend, "config")).toList();
      return Optional.of(with(named, "named in the configuration", false));
    }
    return first(variables).map(one -> with(List.of(one), "named by " + one.source(), false));
  }

  private static Chosen beside(Chosen chosen) {
    List<Named> all = new ArrayList<>(chosen.backends());
    all.add(ownEngine());
    return new Chosen(
        List.copyOf(all), chosen.why() + ", and the own engine (engine.enabled)", false);
  }

  private Chosen awaited(String why) {
    return with(List.of(Search.found(Search.USUAL, "found")), why, true);
  }

  private static Named ownEngine() {
    return Search.named(OwnNode.NAME, BackendSettings.INSIDE, "engine");
  }

  /// Looks in the usual places, beside the start. What answers first is taken and remembered; where
  /// nothing does, so is our own engine.
  ///
  /// @return ends the search, after which nothing is remembered
  AutoCloseable search(Fleet fleet, Chosen chosen, HealthSettings health) {
    if (!chosen.searching()) {
      return () -> {};
    }
    Thread search =
        Thread.ofVirtual()
            .name("search")
            .start(() -> {
              Optional<String> place = Search.run(node);
              // What was not found because the program stops is no finding.
              if (!Thread.interrupted()) {
                settle(place, fleet, chosen, health);
              }
            });
    return () -> {
      search.interrupt();
      search.join();
    };
  }

  private void settle(Optional<String> place, Fleet fleet, Chosen chosen, HealthSettings health) {
    if (place.isPresent()) {
      remember(place.get());
      String at = place.get();
      Chosen found = with(List.of(Search.found(at, "found")), "found at " + at, false);
      fleet.replace(found.backends(), found.why(), health);
    } else if (chosen.backends().stream()
        .anyMatch(one -> one.settings().name().equals(OwnNode.NAME))) {
      remember(BackendSettings.INSIDE);
    }
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
