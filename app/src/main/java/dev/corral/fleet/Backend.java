package dev.corral.fleet;

import dev.corral.model.ModelName;
import dev.corral.ollama.LoadedModel;
import dev.corral.ollama.StoredModel;
import dev.corral.upstream.Target;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One backend as it was when the snapshot was taken.
///
/// @param source where it was named: `config`, a variable's name, `found`, or `added`
/// @param why the last error where it is down, else one sentence about what was seen
/// @param checkedAt null before the first look
/// @param load live counters, shared by all snapshots of this backend
/// @param index the stored models by what a caller may write; derived
/// @param warm what of that is in memory; derived
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
    Map<String, StoredModel> index,
    Set<String> warm) {

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
        Map.of(),
        Set.of());
  }

  Backend seen(String version, List<StoredModel> stored, List<LoadedModel> loaded, Instant now) {
    Map<String, StoredModel> index = new HashMap<>();
    for (StoredModel model : stored) {
      forms(model.name()).forEach(form -> index.put(form, model));
    }
    Set<String> warm = new HashSet<>();
    loaded.forEach(model -> warm.addAll(forms(model.name())));
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
        Map.copyOf(index),
        Set.copyOf(warm));
  }

  /// The same backend out of reach. What it held is remembered, for messages.
  Backend lost(State state, String why, Instant now) {
    return new Backend(
        settings, target, source, state, why, version, stored, List.of(), draining, now, load,
        index, Set.of());
  }

  Backend draining(boolean on) {
    return new Backend(
        settings, target, source, state, why, version, stored, loaded, on, checkedAt, load, index,
        warm);
  }

  public String name() {
    return settings.name();
  }

  public boolean ollama() {
    return settings.kind().equals("ollama");
  }

  /// The stored model that `name` means here, by Ollama's rules of case and default tag.
  public Optional<StoredModel> find(String name) {
    StoredModel as = index.get(name);
    return Optional.ofNullable(as != null ? as : index.get(key(name)));
  }

  public boolean holds(String name) {
    return index.containsKey(name) || index.containsKey(key(name));
  }

  /// True where it only lists the model, and its vendor's cloud would answer.
  public boolean remote(String name) {
    return find(name).filter(StoredModel::remote).isPresent();
  }

  public boolean loaded(String name) {
    return !warm.isEmpty() && (warm.contains(name) || warm.contains(key(name)));
  }

  /// How a name is looked up: as it is usually written, which is quick, and by its key.
  private Set<String> forms(String name) {
    Set<String> forms = new HashSet<>();
    forms.add(name);
    forms.add(key(name));
    String latest = ":" + ModelName.DEFAULT_TAG;
    if (ollama() && name.endsWith(latest)) {
      forms.add(name.substring(0, name.length() - latest.length()));
    }
    return forms;
  }

  /// Names of an OpenAI-compatible server are opaque; Ollama's follow its grammar.
  private String key(String name) {
    return ollama() ? ModelName.parse(name).map(ModelName::key).orElse(name) : name;
  }
}
