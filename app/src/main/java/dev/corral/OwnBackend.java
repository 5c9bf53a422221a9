package dev.corral;

import dev.corral.blobs.Folders;
import dev.corral.blobs.Store;
import dev.corral.blobs.StoreFailure;
import dev.corral.blobs.StoreSettings;
import dev.corral.blobs.StoredModel;
import dev.corral.config.Given;
import dev.corral.config.Variables;
import dev.corral.engine.Engine;
import dev.corral.engine.EngineEvent;
import dev.corral.engine.Installation;
import dev.corral.engine.Patience;
import dev.corral.engine.RunnerFlags;
import dev.corral.fit.Fit;
import dev.corral.fit.FitSettings;
import dev.corral.fit.Hardware;
import dev.corral.fit.Placement;
import dev.corral.gguf.Gguf;
import dev.corral.gguf.TensorType;
import dev.corral.hardware.Gpu;
import dev.corral.hardware.GpuSigns;
import dev.corral.hardware.HostMemory;
import dev.corral.hardware.Inventory;
import dev.corral.model.ModelName;
import dev.corral.node.BlobCalls;
import dev.corral.node.Chat;
import dev.corral.node.Create;
import dev.corral.node.Desk;
import dev.corral.node.Embed;
import dev.corral.node.Generate;
import dev.corral.node.Library;
import dev.corral.node.Listing;
import dev.corral.node.Loaded;
import dev.corral.node.Names;
import dev.corral.node.OwnNode;
import dev.corral.node.Pulling;
import dev.corral.node.Pushing;
import dev.corral.node.Route;
import dev.corral.node.Show;
import dev.corral.node.V1;
import dev.corral.upstream.Upstream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/// The backend inside this program: the store, the engine, and the node that answers for both.
final class OwnBackend implements AutoCloseable {
  private final Store store;
  private final Engine engine;
  private final Downloads downloads;

  private OwnBackend(Store store, Engine engine, Downloads downloads) {
    this.store = store;
    this.engine = engine;
    this.downloads = downloads;
  }

  /// @param downloads makes the jobs of a store
  /// @param events of runners; told on the engine's thread
  /// @param notices lines for the operator
  /// @throws Unstartable where the store's folder cannot be used
  static OwnBackend open(
      Settings settings,
      Home home,
      Variables variables,
      Map<String, String> environment,
      Upstream upstream,
      Function<Store, Downloads> downloads,
      Consumer<EngineEvent> events,
      Consumer<String> notices) {
    Store store = store(settings, home, variables, notices);
    Engine engine =
        new Engine(
            settings.engine(),
            new Engine.Parts(
                Installation.ofThisProcess(home.file("runners"), environment),
                upstream,
                OwnBackend::hostBytes,
                HostMemory::read,
                OwnBackend::gpus,
                Patience.usual(),
                events));
    Downloads jobs = downloads.apply(store);
    upstream.serve(OwnNode.NAME, new OwnNode(routes(store, engine, upstream, jobs)));
    return new OwnBackend(store, engine, jobs);
  }

  /// Who answers what; each group of handlers is added here.
  private static List<List<Route>> routes(
      Store store, Engine engine, Upstream upstream, Downloads downloads) {
    Library library = new Library(store);
    Desk desk = new Desk(library, engine, upstream, Clock.systemUTC());
    Generate generate = new Generate(desk);
    Chat chat = new Chat(desk);
    Embed embed = new Embed(desk);
    return List.of(
        OwnNode.plain(),
        generate.routes(),
        chat.routes(),
        embed.routes(),
        new V1(chat, generate, embed).routes(),
        new Loaded(desk).routes(),
        new Pulling(downloads.pulls()).routes(),
        new Pushing(store, downloads.pulls()).routes(),
        new Listing(store).routes(),
        new Show(library).routes(),
        new Names(store).routes(),
        new BlobCalls(store).routes(),
        new Create(store, engine.quantizer()).routes());
  }

  Engine engine() {
    return engine;
  }

  Store store() {
    return store;
  }

  Downloads downloads() {
    return downloads;
  }

  /// How many models there are for it: in our own store, and in the folders that are read.
  int models() {
    try {
      return store.list().size();
    } catch (StoreFailure e) {
      return 0;
    }
  }

  /// Where the weights of a model of ours lie; empty where it is none.
  String file(ModelName name) {
    try {
      return store.find(name).flatMap(StoredModel::weights).map(Path::toString).orElse("");
    } catch (StoreFailure e) {
      return "";
    }
  }

  @Override
  public void close() {
    downloads.close();
    engine.close();
    try {
      store.close();
    } catch (IOException e) {
      System.getLogger("dev.corral").log(System.Logger.Level.WARNING, "the store's lock", e);
    }
  }

  private static Store store(
      Settings settings, Home home, Variables variables, Consumer<String> notices) {
    try {
      Folders folders = folders(settings.store(), home.folder(), variables);
      Store store = Store.open(folders, notices);
      store.trash().keep(settings.store().trash());
      return store;
    } catch (StoreFailure | IllegalArgumentException e) {
      throw new Unstartable(
          "The store of models cannot be used: " + e.getMessage(),
          "Name another folder in store.path");
    }
  }

  /// Where models lie, by the settings and the variables of an Ollama.
  static Folders folders(StoreSettings store, Path home, Variables variables) {
    Map<String, String> named = new HashMap<>();
    for (String name : List.of("OLLAMA_MODELS", "OLLAMA_MODELS_PATH")) {
      variables.find(name).map(Given::text).ifPresent(value -> named.put(name, value));
    }
    return Folders.of(store, home, Path.of(System.getProperty("user.home", ".")), named);
  }

  /// The vendors' tools are asked only where the system shows a GPU at all.
  private static List<Gpu> gpus() {
    return GpuSigns.read().any() ? Inventory.read().gpus() : List.of();
  }

  /// What a runner will need of the host, by the same arithmetic as `corral fit`.
  static long hostBytes(Gguf header, RunnerFlags flags) {
    long plenty = 1L << 50;
    Hardware beyond = new Hardware(List.of(), plenty, plenty);
    long bytes = Fit.of("", header, settings(flags), beyond).hostBytes();
    // An architecture that the arithmetic does not know: the file itself is the least.
    return Math.max(bytes, header.length());
  }

  /// The flags of a runner as the arithmetic takes them. A test holds both to each other.
  static FitSettings settings(RunnerFlags flags) {
    TensorType cache = FitSettings.cacheType(RunnerFlags.CACHE_TYPE);
    return new FitSettings(
        flags.context(),
        flags.slots(),
        flags.unified(),
        FitSettings.FlashAttention.parse(RunnerFlags.FLASH_ATTENTION),
        cache,
        cache,
        flags.batch(),
        flags.embeds(),
        false,
        flags.embeds(),
        new Placement.Cpu());
  }
}
