package dev.corral.fleet;

import dev.corral.model.ModelName;
import dev.corral.ollama.LoadedModel;
import dev.corral.ollama.StoredModel;
import dev.corral.upstream.Target;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One backend as it was when the snapshot was taken.
///
/// @param source where it was named: `config`, a variable's name, `found`, or `added`
/// @param why the last error where it is down, else one sentence about what was seen
/// @param checkedAt null before the first look
/// @param load live counters, shared by all snapshots of this backend
/// @param index the stored models by what a caller may write; derived
public record Backend(
    BackendSettings settings,
    Target target,
    String source,
    State state,
    String why,
    String version,
    List<StoredModel> stored,
    List<LoadedModel> loaded,
    boolean draining,
    @Nullable Instant checkedAt,
    Load load,
    Map<String, StoredModel> index) {

  /// What we know of its health.
  public enum State {
    UNKNOWN,
    UP,
    DOWN,
    /// It is this very instance, or leads back to it; never asked.
    OURSELVES;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static Backend unseen(BackendSettings settings, Target target, String source) {
    return new Backend(
        settings,
        target,
        source,
        State.UNKNOWN,
        "not looked at yet",
        "",
        List.of(),
        List.of(),
        false,
        null,
        new Load(),
        Map.of());
  }

  Backend seen(String version, List<StoredModel> stored, List<LoadedModel> loaded, Instant now) {
    Map<String, StoredModel> index = new HashMap<>();
    for (StoredModel model : stored) {
      index.put(keyFor(model.name()), model);
    }
    return new Backend(
        settings,
        target,
        source,
        State.UP,
        stored.size() + (stored.size() == 1 ? " model" : " models"),
        version,
        stored,
        loaded,
        draining,
        now,
        load,
        Map.copyOf(index));
  }

  /// The same backend out of reach. What it held is remembered, for messages.
  Backend lost(State state, String why, Instant now) {
    return new Backend(
        settings, target, source, state, why, version, stored, List.of(), draining, now, load,
        index);
  }

  Backend draining(boolean on) {
    return new Backend(
        settings, target, source, state, why, version, stored, loaded, on, checkedAt, load, index);
  }

  public String name() {
    return settings.name();
  }

  public boolean ollama() {
    return settings.kind().equals("ollama");
  }

  /// The stored model that `name` means here, by Ollama's rules of case and default tag.
  public Optional<StoredModel> find(String name) {
    return Optional.ofNullable(index.get(keyFor(name)));
  }

  public boolean holds(String name) {
    return index.containsKey(keyFor(name));
  }

  public boolean loaded(String name) {
    String key = keyFor(name);
    for (LoadedModel model : loaded) {
      if (keyFor(model.name()).equals(key)) {
        return true;
      }
    }
    return false;
  }

  /// Names of an OpenAI-compatible server are opaque; Ollama's follow its grammar.
  private String keyFor(String name) {
    if (!ollama()) {
      return name;
    }
    return ModelName.parse(name).map(ModelName::key).orElse(name);
  }
}
