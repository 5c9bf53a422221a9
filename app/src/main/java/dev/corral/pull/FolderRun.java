package dev.corral.pull;

import dev.corral.blobs.Housekeeping.Seen;
import dev.corral.blobs.OllamaFolder;
import dev.corral.blobs.Store;
import dev.corral.blobs.StoreFailure;
import dev.corral.blobs.StoredModel;
import dev.corral.model.Layer;
import dev.corral.pull.Pull.Cause;
import dev.corral.pull.Pull.Problem;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/// The work on a job for an Ollama of this machine whose folder we may write: fetched by us, in
/// parallel and resumable, and put where that Ollama finds it.
final class FolderRun implements Work {
  private static final System.Logger LOG = System.getLogger(FolderRun.class.getName());

  private final OllamaFolder folder;
  private final Order order;
  private final Fetching fetching;
  private final Stop stop = new Stop();
  private volatile boolean verifying;

  /// Empty until the folder is open.
  private volatile Optional<Run> work = Optional.empty();

  FolderRun(Order order, OllamaFolder folder, Fetching fetching) {
    this.order = order;
    this.folder = folder;
    this.fetching = fetching;
  }

  @Override
  public End work() {
    try {
      Store store = folder.open(FolderRun::noticed);
      try {
        return fetched(store);
      } finally {
        close(store);
      }
    } catch (StoreFailure e) {
      return new End.Failed(
          new Problem(
              Cause.OTHER,
              e.text(),
              "It is the folder of that Ollama; with store.ollama: read the Ollama pulls itself."));
    }
  }

  /// What was put there is there, however its lock was left.
  private static void close(Store store) {
    try {
      store.close();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "an Ollama's folder could not be closed", e);
    }
  }

  private End fetched(Store store) throws StoreFailure {
    Run run = fetching.run(order, store);
    work = Optional.of(run);
    stop.whenAsked(run::stop);
    End end = run.work();
    if (!(end instanceof End.Done)) {
      return end;
    }
    verifying = true;
    try {
      return checked(store, run);
    } catch (CancellationException e) {
      return new End.Stopped();
    }
  }

  /// What lay there before nobody has verified, and the Ollama takes any bytes of that name.
  private End checked(Store store, Run run) throws StoreFailure {
    Optional<StoredModel> published = store.find(order.name());
    if (published.isEmpty()) {
      return new End.Failed(
          new Problem(
              Cause.OTHER,
              "what was put into that Ollama's folder was removed again at once",
              "Does somebody delete it there? Pull again."));
    }
    for (Layer layer : published.get().manifest().blobs()) {
      boolean doubted = !run.verified().contains(layer.digest());
      if (doubted && damaged(store, layer)) {
        Repair repair = fetching.repair(store);
        stop.whenAsked(repair::stop);
        switch (repair.repair(order.name(), layer, _ -> {})) {
          case Repair.End.Whole _ -> {}
          case Repair.End.Stopped _ -> {
            return new End.Stopped();
          }
          case Repair.End.Failed failed -> {
            return new End.Failed(failed.problem());
          }
        }
      }
    }
    return new End.Done();
  }

  private boolean damaged(Store store, Layer layer) {
    stop.check();
    return store.housekeeping().look(layer, _ -> stop.check()) instanceof Seen.Damaged;
  }

  private static void noticed(String line) {
    LOG.log(System.Logger.Level.DEBUG, line);
  }

  @Override
  public void stop() {
    stop.ask();
  }

  @Override
  public PullState state() {
    return verifying ? PullState.VERIFYING : work.map(Run::state).orElse(PullState.RESOLVING);
  }

  @Override
  public List<Pull.Blob> blobs() {
    return work.map(Run::blobs).orElse(List.of());
  }

  @Override
  public int again() {
    return 0;
  }
}
