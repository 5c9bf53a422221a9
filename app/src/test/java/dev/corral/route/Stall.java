package dev.corral.route;

import dev.corral.fleet.Backend;
import dev.corral.fleet.BackendSettings;
import dev.corral.fleet.FleetSnapshot;
import dev.corral.fleet.Load;
import dev.corral.model.ModelName;
import dev.corral.ollama.LoadedModel;
import dev.corral.ollama.StoredModel;
import dev.corral.upstream.Target;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A backend as a test wants it to look.
public final class Stall {
  private final String name;
  private final String kind;
  private final List<StoredModel> stored = new ArrayList<>();
  private final List<LoadedModel> loaded = new ArrayList<>();
  private final Load load = new Load();
  private Backend.State state = Backend.State.UP;
  private boolean draining;
  private double weight = 1;

  private Stall(String name, String kind) {
    this.name = name;
    this.kind = kind;
  }

  public static Stall node(String name) {
    return new Stall(name, "ollama");
  }

  static Stall openai(String name) {
    return new Stall(name, "openai");
  }

  public static FleetSnapshot fleet(Stall... stalls) {
    return new FleetSnapshot(Arrays.stream(stalls).map(Stall::backend).toList(), "by the test");
  }

  Stall holding(String... models) {
    Arrays.stream(models).forEach(model -> stored.add(stored(model, "{}")));
    return this;
  }

  /// A model of the vendor's cloud, as a node lists it.
  Stall holdingRemote(String model) {
    stored.add(
        stored(model, "{\"remote_model\":\"gpt-oss:120b\",\"remote_host\":\"https://cloud:443\"}"));
    return this;
  }

  Stall withLoaded(String model) {
    loaded.add(new LoadedModel(model, "", 1, 1, "{}"));
    return this;
  }

  Stall in(Backend.State now) {
    state = now;
    return this;
  }

  Stall drained() {
    draining = true;
    return this;
  }

  Stall weighing(double share) {
    weight = share;
    return this;
  }

  Stall busyWith(int exchanges) {
    while (load.inFlight() < exchanges) {
      load.begin();
    }
    return this;
  }

  void failed(int times) {
    for (int i = 0; i < times; i++) {
      load.begin();
      load.failed();
    }
  }

  void succeeded() {
    load.begin();
    load.succeeded();
  }

  private Backend backend() {
    Map<String, StoredModel> index = new HashMap<>();
    stored.forEach(model -> index.put(keyOf(model.name()), model));
    Set<String> warm = new HashSet<>();
    loaded.forEach(model -> warm.add(keyOf(model.name())));
    return new Backend(
        new BackendSettings(name, "http://" + name + ":11434", kind, "", weight, List.of()),
        Target.parse(name, "http://" + name + ":11434", ""),
        "config",
        state,
        "by the test",
        "",
        List.copyOf(stored),
        List.copyOf(loaded),
        draining,
        null,
        load,
        index,
        warm);
  }

  private String keyOf(String model) {
    return kind.equals("ollama") ? ModelName.parse(model).map(ModelName::key).orElse(model) : model;
  }

  private static StoredModel stored(String model, String listing) {
    return new StoredModel(model, "", 0, "", "", "", null, List.of(), null, listing);
  }
}
