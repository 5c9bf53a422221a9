package dev.corral.control;

import dev.corral.api.BackendView;
import dev.corral.api.Drain;
import dev.corral.api.NewBackend;
import dev.corral.db.DatabaseFailure;
import dev.corral.fleet.Backend;
import dev.corral.fleet.BackendSettings;
import dev.corral.fleet.Fleet;
import dev.corral.fleet.Named;
import dev.corral.ollama.LoadedModel;
import dev.corral.ollama.Sight;
import dev.corral.ollama.StoredModel;
import dev.corral.upstream.Target;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// `/manage/backends`: who answers. Changes go to the fleet's owner; an answer waits until its
/// snapshot shows them, so that whoever looks next sees what was done.
final class BackendCalls {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,63}");

  /// A first look at a backend that is there takes milliseconds; one that does not answer is told
  /// as such once its look has given up, after five seconds.
  private static final Duration FIRST_LOOK = Duration.ofSeconds(10);

  private static final Duration A_LITTLE = Duration.ofMillis(5);

  private final Fleet fleet;
  private final Backends added;

  BackendCalls(Parts parts) {
    this.fleet = parts.fleet();
    this.added = parts.backends();
  }

  Answer all(Question question) {
    return question.method().equals("POST") ? add(question) : list();
  }

  private Answer list() {
    return Answer.of(fleet.snapshot().backends().stream().map(Views::of).toList());
  }

  private Answer add(Question question) {
    BackendSettings settings = settings(question.fields(NewBackend.class));
    Optional<Backend> there = fleet.snapshot().named(settings.name());
    if (there.isPresent()) {
      return taken(settings.name());
    }
    try {
      added.add(settings);
    } catch (DatabaseFailure e) {
      if (e.conflict()) {
        return taken(settings.name());
      }
      throw e;
    }
    fleet.add(new Named(settings, Backends.ADDED));
    awaitShown(settings.name(), backend -> backend.checkedAt() != null);
    return fleet
        .snapshot()
        .named(settings.name())
        .map(backend -> Answer.created("/manage/backends/" + settings.name(), Views.of(backend)))
        .orElseGet(() -> unknown(settings.name()));
  }

  private static BackendSettings settings(Fields fields) {
    String name = fields.text("name");
    String url = fields.text("url");
    String key = fields.textOr("key", "");
    String kind = fields.textOr("kind", "");
    if (!NAME.matcher(name).matches()) {
      throw new BadRequest(
          "A backend's name has 1 to 64 letters, digits, '-' and '_'", "Choose a short word.");
    }
    try {
      Target target = Target.parse(name, url, key);
      BackendSettings usual = BackendSettings.defaults();
      return new BackendSettings(
          name, target.url(), kind.isEmpty() ? usual.kind() : kind, key, usual.weight(), List.of());
    } catch (IllegalArgumentException e) {
      throw new BadRequest(String.valueOf(e.getMessage()), "");
    }
  }

  private static Answer taken(String name) {
    return Answer.no(
        409,
        "There is a backend called '" + name + "' already",
        "Choose another name, or remove it first: corral backends remove " + name);
  }

  Answer remove(Question question) {
    String name = question.segment();
    Optional<Backend> there = fleet.snapshot().named(name);
    if (there.isPresent() && !there.get().source().equals(Backends.ADDED)) {
      return Answer.no(
          409,
          "The backend '"
              + name
              + "' was not added at run time; it comes from: "
              + there.get().source(),
          "Take it out there. To give it nothing new now: corral backends drain " + name);
    }
    boolean removed = added.remove(name);
    if (!removed && there.isEmpty()) {
      return unknown(name);
    }
    fleet.remove(name);
    awaitGone(name);
    return new Answer.Done();
  }

  Answer drain(Question question) {
    String name = question.segment();
    boolean drain = question.fields(Drain.class).flagOr("drain", true);
    if (fleet.snapshot().named(name).isEmpty()) {
      return unknown(name);
    }
    added.drain(name, drain);
    fleet.drain(name, drain);
    awaitShown(name, backend -> backend.draining() == drain);
    return fleet
        .snapshot()
        .named(name)
        .map(backend -> Answer.of(Views.of(backend)))
        .orElseGet(() -> unknown(name));
  }

  /// One look now. What it shows is told, and the fleet looks too.
  Answer test(Question question) {
    String name = question.segment();
    Optional<Backend> there = fleet.snapshot().named(name);
    if (there.isEmpty()) {
      return unknown(name);
    }
    Sight sight = fleet.test(there.get());
    fleet.look(name);
    return Answer.of(seen(Views.of(there.get()), sight));
  }

  private static BackendView seen(BackendView before, Sight sight) {
    return switch (sight) {
      case Sight.Seen seen ->
          copy(
              before,
              before.state().equals("draining") ? "draining" : "up",
              "it answers",
              seen.version(),
              seen.stored().stream().map(StoredModel::name).toList(),
              seen.loaded().stream().map(LoadedModel::name).toList());
      case Sight.Unseen unseen ->
          copy(before, "down", unseen.why(), before.version(), before.models(), List.of());
      case Sight.Untold untold ->
          copy(before, before.state(), untold.why(), before.version(), before.models(), List.of());
      case Sight.Ourselves _ ->
          copy(
              before,
              "down",
              "it is this very instance, or leads back to it",
              "",
              List.of(),
              List.of());
    };
  }

  private static BackendView copy(
      BackendView view,
      String state,
      String why,
      String version,
      List<String> models,
      List<String> loaded) {
    return new BackendView(
        view.name(),
        view.url(),
        view.kind(),
        state,
        why,
        version,
        view.source(),
        view.weight(),
        view.inFlight(),
        models,
        loaded,
        view.checkedAt());
  }

  private static Answer unknown(String name) {
    return Answer.no(
        404, "There is no backend called '" + name + "'", "See them: corral backends list");
  }

  private void awaitShown(String name, Predicate<Backend> shown) {
    await(() -> fleet.snapshot().named(name).filter(shown).isPresent());
  }

  private void awaitGone(String name) {
    await(() -> fleet.snapshot().named(name).isEmpty());
  }

  /// At most the time of a first look; then the caller is told how it is.
  private static void await(BooleanSupplier done) {
    long end = System.nanoTime() + FIRST_LOOK.toNanos();
    while (!done.getAsBoolean() && System.nanoTime() < end) {
      try {
        Thread.sleep(A_LITTLE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
