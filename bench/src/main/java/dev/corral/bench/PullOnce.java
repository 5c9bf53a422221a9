package dev.corral.bench;

import dev.corral.blobs.Folders;
import dev.corral.blobs.Store;
import dev.corral.blobs.StoreFailure;
import dev.corral.db.Database;
import dev.corral.db.DatabaseSettings;
import dev.corral.db.Opening;
import dev.corral.db.Schema;
import dev.corral.model.ModelName;
import dev.corral.outbound.Destinations;
import dev.corral.outbound.Outbound;
import dev.corral.outbound.Patience;
import dev.corral.outbound.Proxies;
import dev.corral.pull.Pull;
import dev.corral.pull.PullSettings;
import dev.corral.pull.PullState;
import dev.corral.pull.Pulls;
import dev.corral.pull.Sources;
import dev.corral.registry.Hub;
import dev.corral.registry.Registry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLSocketFactory;

/// One pull into a store of our own, by a program that does nothing else, so that the limit of its
/// heap is that of the pull.
public final class PullOnce {
  private PullOnce() {}

  /// Prints the milliseconds from the asking to the published model.
  ///
  /// @param args the registry's address, the model's name, the folder
  public static void main(String[] args) throws StoreFailure, IOException {
    Path folder = Path.of(args[2]);
    PullSettings defaults = PullSettings.defaults();
    Outbound outbound =
        new Outbound(
            Destinations.of(defaults.hosts(), List.of(args[0])),
            Outbound.Lookup.system(),
            Proxies.NONE,
            () -> (SSLSocketFactory) SSLSocketFactory.getDefault(),
            Patience.USUAL,
            "corral-bench");
    Registry registry =
        new Registry(outbound, Hub.of(_ -> Optional.empty()), InstantSource.system());
    Opening opening =
        Database.open(DatabaseSettings.defaults(), folder.resolve("corral.db"), Schema.CORRAL);
    try (Database database = ((Opening.Opened) opening).database();
        Store store = Store.open(Folders.own(folder.resolve("models")), _ -> {});
        Pulls pulls =
            Pulls.open(
                database,
                "own",
                store,
                new Sources(registry, Optional.empty()),
                defaults,
                InstantSource.system(),
                _ -> {})) {
      long begun = System.nanoTime();
      Pull pull = pulls.ask(ModelName.parse(args[1]).orElseThrow(), "bench");
      while (!pull.state().ended()) {
        pull = pulls.awaitChange(pull.id(), pull, Duration.ofSeconds(1)).orElseThrow();
      }
      System.out.println((System.nanoTime() - begun) / 1_000_000);
      if (pull.state() != PullState.DONE) {
        System.err.println(pull.problem().sentence());
        System.exit(1);
      }
    }
    System.exit(0);
  }
}
