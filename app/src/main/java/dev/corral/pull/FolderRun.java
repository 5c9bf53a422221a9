package dev.corral.pull;

import dev.corral.blobs.Housekeeping.Seen;
import dev.corral.blobs.OllamaFolder;
import dev.corral.blobs.Store;
import dev.corral.blobs.StoreFailure;
import dev.corral.model.Layer;
import dev.corral.model.Manifest;
import dev.corral.pull.Pull.Problem;
import java.io.IOException;
import java.util.List;

/// The work on a job for an Ollama of this machine whose folder we may write: fetched by us, in
/// parallel and resumable, and put where that Ollama finds it.
final class FolderRun implements Work {
  private static final System.Logger LOG = System.getLogger(FolderRun.class.getName());

  private final OllamaFolder folder;
  private final Order order;
  private final Fetching fetching;
  private final Stop stop = new Stop();
  private volatile boolean verifying;
  private volatile Work work = new Opening();

  FolderRun(Order order, OllamaFolder folder, Fetching fetching) {
    this.order = order;
    this.folder = folder;
    this.fetching = fetching;
  }

  /// Until the folder is open.
  private static final class Opening implements Work {
    @Override
    public End work() {
      return new End.Stopped();
    }

    @Override
    public void stop() {}

    @Override
    public PullState state() {
      return PullState.RESOLVING;
    }

    @Override
    public List<Pull.Blob> blobs() {
      return List.of();
    }

    @Override
    public int again() {
      return 0;
    }
  }

  @Override
  public End work() {
    try (Store store = folder.open(FolderRun::noticed)) {
      Run run = fetching.run(order, store);
      work = run;
      stop.whenAsked(run::stop);
      End end = run.work();
      return end instanceof End.Done ? checked(store, run) : end;
    } catch (StoreFailure e) {
      return new End.Failed(
          new Problem(
              false,
              e.text(),
              "It is the folder of that Ollama; with store.ollama: read the Ollama pulls itself."));
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "an Ollama's folder could not be closed", e);
      return new End.Done();
    }
  }

  /// What lay there before nobody has verified, and the Ollama takes any bytes of that name.
  private End checked(Store store, Run run) throws StoreFailure {
    verifying = true;
    Manifest manifest = store.find(order.name()).orElseThrow().manifest();
    for (Layer layer : manifest.blobs()) {
      boolean doubted = !run.verified().contains(layer.digest()) && !stop.asked();
      if (doubted && store.housekeeping().look(layer, _ -> {}) instanceof Seen.Damaged) {
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

  private static void noticed(String line) {
    LOG.log(System.Logger.Level.DEBUG, line);
  }

  @Override
  public void stop() {
    stop.ask();
  }

  @Override
  public PullState state() {
    return verifying ? PullState.VERIFYING : work.state();
  }

  @Override
  public List<Pull.Blob> blobs() {
    return work.blobs();
  }

  @Override
  public int again() {
    return work.again();
  }
}
