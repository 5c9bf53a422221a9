package dev.corral.bench;

import dev.corral.assign.Assignments;
import dev.corral.fleet.Backend;
import dev.corral.fleet.BackendSettings;
import dev.corral.fleet.FleetSnapshot;
import dev.corral.fleet.Load;
import dev.corral.ollama.StoredModel;
import dev.corral.route.Asked;
import dev.corral.route.Decision;
import dev.corral.route.Router;
import dev.corral.upstream.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// The choice of a backend: every one of them has the model, and an alias leads to it.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RouteBench {
  private static final String MODEL = "llama3.2:1b";

  @Param({"1", "8"})
  int backends;

  private FleetSnapshot fleet = new FleetSnapshot(List.of(), "");
  private final Assignments assignments = Assignments.of(MODEL, Map.of("gpt-4o", MODEL));

  @Setup
  public void build() {
    List<Backend> all = new ArrayList<>();
    for (int i = 0; i < backends; i++) {
      all.add(backend("node" + i));
    }
    fleet = new FleetSnapshot(all, "by the bench");
  }

  private static Backend backend(String name) {
    String url = "http://127.0.0.1:11434";
    StoredModel model =
        new StoredModel(MODEL, "", 1, "llama", "1B", "Q4_K_M", 8192, List.of(), null, "{}");
    return new Backend(
        new BackendSettings(name, url, "ollama", "", 1, List.of()),
        Target.parse(name, url, ""),
        "bench",
        Backend.State.UP,
        "",
        "0.33.0",
        List.of(model),
        List.of(),
        false,
        null,
        new Load(),
        Map.of(MODEL, model),
        Set.of(MODEL));
  }

  @Benchmark
  public Decision byName() {
    return Router.plan(new Asked(MODEL, true), fleet, assignments);
  }

  @Benchmark
  public Decision byAlias() {
    return Router.plan(new Asked("gpt-4o", true), fleet, assignments);
  }
}
