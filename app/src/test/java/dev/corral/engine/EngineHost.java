package dev.corral.engine;

import dev.corral.engine.StandInRunner.Habit;
import java.nio.file.Path;
import java.util.List;

/// A process with an engine and three runners, one of them still loading; to be killed.
public final class EngineHost {
  private EngineHost() {}

  static void main(String[] args) throws InterruptedException {
    Path folder = Path.of(args[0]);
    boolean guarded = args[1].equals("llama-server");
    EngineSettings settings = guarded ? Stage.llamaServer(folder) : Stage.settings(3, "5m");
    @SuppressWarnings("resource") // It is killed.
    Stage stage = new Stage(folder, settings, Stage.patience());
    List<Path> models = List.of(stage.model("a", Habit.GOOD), stage.model("b", Habit.GOOD));
    models.forEach(model -> stage.lease(stage.load(model)));
    Path loading = stage.model("c", Habit.SLOW);
    var _ = stage.engine.lease(stage.load(loading));
    Stage.await(() -> stage.loaded(loading) && stage.running(loading).pid() > 0, "it loads");
    Stage.await(() -> loading.resolveSibling("c.seen").toFile().exists(), "it runs");
    System.out.println("ready");
    Thread.currentThread().join();
  }
}
