package dev.corral;

import dev.corral.blobs.Store;
import dev.corral.blobs.StoreFailure;
import dev.corral.blobs.StoredModel;
import dev.corral.control.HeaderSearch;
import dev.corral.fleet.Backend;
import dev.corral.fleet.Fleet;
import dev.corral.gguf.FileBytes;
import dev.corral.gguf.Gguf;
import dev.corral.gguf.GgufReader;
import dev.corral.gguf.ReadSettings;
import dev.corral.gguf.Reading;
import dev.corral.hub.Answered;
import dev.corral.hub.Depth;
import dev.corral.hub.Header;
import dev.corral.hub.Headers;
import dev.corral.model.ModelName;
import dev.corral.ollama.Management;
import dev.corral.registry.Trouble;
import dev.corral.upstream.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/// Where the header of a model is found: in a store that is readable here, else at its registry or
/// the Hub, else what a node tells.
final class HeaderFinder implements HeaderSearch {
  /// For what a node has, its own words will do: the network gets a moment to know it better.
  private static final Duration MOMENT = Duration.ofSeconds(4);

  private final Store store;
  private final Fleet fleet;
  private final Management nodes;
  private final Supplier<Headers> afar;

  /// @param nodes asks what a node tells
  /// @param afar reads headers at registries and the Hub
  HeaderFinder(Store store, Fleet fleet, Management nodes, Supplier<Headers> afar) {
    this.store = store;
    this.fleet = fleet;
    this.nodes = nodes;
    this.afar = afar;
  }

  @Override
  public Found find(ModelName name) {
    Optional<Found> here = held(name);
    if (here.isPresent()) {
      return here.get();
    }
    Optional<Gguf> shown = shown(name);
    return shown.isPresent()
        ? new Found.Header(betterWithin(MOMENT, name).orElse(shown.get()))
        : afar(name);
  }

  /// The whole header of a model that lies in a readable store.
  Optional<Gguf> stored(ModelName name) {
    return held(name)
        .flatMap(found ->
            found instanceof Found.Header(Gguf gguf) ? Optional.of(gguf) : Optional.empty());
  }

  /// As far as it is known without a question to the outside: in a store, else what a node tells.
  Optional<Gguf> near(ModelName name) {
    return stored(name).or(() -> shown(name));
  }

  private Optional<Gguf> betterWithin(Duration moment, ModelName name) {
    CompletableFuture<Answered<Header>> answer =
        CompletableFuture.supplyAsync(
            () -> afar.get().of(name, Depth.EXACT),
            asking -> Thread.ofVirtual().name("header").start(asking));
    try {
      return answer.get(moment.toMillis(), TimeUnit.MILLISECONDS)
              instanceof Answered.Got<Header>(Header header)
          ? Optional.of(header.loaded())
          : Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } catch (ExecutionException | TimeoutException e) {
      return Optional.empty();
    }
  }

  private Found afar(ModelName name) {
    Optional<ModelName> repository = atHub(name);
    boolean saysSo = name.model().toLowerCase(Locale.ROOT).contains("gguf");
    if (repository.isPresent() && saysSo) {
      return afar(repository.get());
    }
    return switch (afar.get().of(name, Depth.EXACT)) {
      case Answered.Got<Header>(Header header) -> new Found.Header(header.loaded());
      case Answered.Not<Header>(Trouble trouble) ->
          trouble.kind() == Trouble.Kind.MISSING && repository.isPresent()
              ? afar(repository.get())
              : none(name, trouble);
    };
  }

  /// `owner/repository` is a name of Ollama's registry first; where that does not have it, or where
  /// the name says GGUF as those of the Hub do, people mean the Hub's.
  private static Optional<ModelName> atHub(ModelName name) {
    boolean plain =
        name.host().equals(ModelName.DEFAULT_HOST)
            && !name.namespace().equals(ModelName.DEFAULT_NAMESPACE);
    return plain
        ? Optional.of(new ModelName("hf.co", name.namespace(), name.model(), name.tag()))
        : Optional.empty();
  }

  private static Found none(ModelName name, Trouble trouble) {
    return switch (trouble.kind()) {
      case MISSING ->
          new Found.None(
              404, "model '" + name.shortName() + "' not found: " + trouble.text(), trouble.next());
      case DENIED, NOT_ALLOWED -> new Found.None(403, trouble.text(), trouble.next());
      case AWAY ->
          new Found.None(
              503,
              "model '" + name.shortName() + "' is not here, and " + trouble.text(),
              trouble.next());
      case WRONG -> new Found.None(502, trouble.text(), trouble.next());
    };
  }

  private Optional<Found> held(ModelName name) {
    try {
      return store
          .find(name)
          .flatMap(model -> model.weights().map(weights -> read(model, weights)));
    } catch (StoreFailure e) {
      return Optional.empty();
    }
  }

  private static Found read(StoredModel model, Path weights) {
    try (FileBytes bytes = FileBytes.open(weights)) {
      long projectors = 0;
      for (Path one : model.projectors()) {
        projectors += Files.size(one);
      }
      return switch (GgufReader.read(bytes, ReadSettings.forFit())) {
        case Reading.Exact(Gguf gguf) -> new Found.Header(gguf.seeing(projectors));
        case Reading.Provisional(Gguf gguf) -> new Found.Header(gguf.seeing(projectors));
        case Reading.Refused refused -> damaged(model.name(), refused.reason());
      };
    } catch (IOException e) {
      return damaged(model.name(), "its file cannot be read");
    }
  }

  private static Found damaged(ModelName name, String why) {
    return new Found.None(
        500,
        "model '" + name.shortName() + "' cannot be judged: " + why,
        "Pull it again: corral pull " + name.shortName());
  }

  private Optional<Gguf> shown(ModelName name) {
    for (Backend backend : fleet.snapshot().open()) {
      Optional<Gguf> told =
          backend.state() == Backend.State.UP && backend.ollama()
              ? backend
                  .find(name.shortName())
                  .flatMap(model -> told(backend.target(), model.name(), model.size()))
              : Optional.empty();
      if (told.isPresent()) {
        return told;
      }
    }
    return Optional.empty();
  }

  private Optional<Gguf> told(Target target, String model, long fileBytes) {
    return nodes.show(target, model) instanceof Management.Reply.Told told && told.good()
        ? ShownHeader.read(told.tree(), fileBytes)
        : Optional.empty();
  }
}
