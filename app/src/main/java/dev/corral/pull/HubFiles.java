package dev.corral.pull;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.corral.blobs.ModelConfig;
import dev.corral.blobs.StoreFailure;
import dev.corral.gguf.FileBytes;
import dev.corral.gguf.Gguf;
import dev.corral.gguf.GgufReader;
import dev.corral.gguf.GgufValue;
import dev.corral.gguf.ReadSettings;
import dev.corral.gguf.Reading;
import dev.corral.gguf.Splice;
import dev.corral.hub.Answered;
import dev.corral.hub.Choice;
import dev.corral.hub.HubFile;
import dev.corral.hub.Hubs;
import dev.corral.model.Digest;
import dev.corral.model.Layer;
import dev.corral.model.Manifest;
import dev.corral.model.ModelName;
import dev.corral.outbound.Leash;
import dev.corral.pull.Fetcher.Share;
import dev.corral.pull.Pull.Cause;
import dev.corral.pull.Pull.Problem;
import dev.corral.pull.Work.End;
import dev.corral.registry.Trouble;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Fetches a model of the Hub by its files, where the Hub has no manifest of it: mirrors have none
/// at all, and the Hub itself none of sets of parts. What a manifest would tell is taken from the
/// file's header; the chat template stays in it, where the engine finds it.
final class HubFiles {
  private static final JsonMapper JSON = new JsonMapper();

  /// How a header recommends to sample, and the option of the same meaning.
  private static final Map<String, String> OPTIONS =
      Map.of(
          "general.sampling.temp", "temperature",
          "general.sampling.top_k", "top_k",
          "general.sampling.top_p", "top_p",
          "general.sampling.min_p", "min_p",
          "general.sampling.penalty_repeat", "repeat_penalty",
          "general.sampling.penalty_last_n", "repeat_last_n");

  /// Nobody is told: the work has ended.
  static final Trouble STOPPED = new Trouble(Trouble.Kind.WRONG, "it was stopped", "");

  private final ModelName name;
  private final Hubs hubs;
  private final Fetcher fetcher;
  private final Run run;

  /// For a model that sees or hears; once the choice is known.
  private Optional<Companion> projector = Optional.empty();

  /// A file that goes with the weights.
  private record Companion(HubFile file, Share share) {}

  HubFiles(ModelName name, Hubs hubs, Fetcher fetcher, Run run) {
    this.name = name;
    this.hubs = hubs;
    this.fetcher = fetcher;
    this.run = run;
  }

  /// Where there are no such files either, that tells more than a manifest that is missing.
  End work() throws StoreFailure {
    return switch (choice()) {
      case Answered.Not<Choice>(Trouble trouble) ->
          fetcher.stop().asked() ? new End.Stopped() : Fetcher.failed(trouble);
      case Answered.Got<Choice>(Choice choice) -> work(choice);
    };
  }

  /// A set of parts.
  @FunctionalInterface
  interface Split {
    End work() throws StoreFailure;
  }

  /// The set of parts that the name means; empty where it means one file, or nobody knows.
  Optional<Split> split() {
    return choice() instanceof Answered.Got<Choice>(Choice choice) && choice.parts() > 1
        ? Optional.of(() -> work(choice))
        : Optional.empty();
  }

  private Answered<Choice> choice() {
    return fetcher.stop().unlessAsked(() -> hubs.choice(name), new Answered.Not<>(STOPPED));
  }

  private End work(Choice choice) throws StoreFailure {
    if (!choice.whole()) {
      return refused(
          "'"
              + name.shortName()
              + "' is not whole at its repository: "
              + String.join(", ", Splice.names(choice.files().getFirst().name(), choice.missing()))
              + (choice.missing().size() == 1 ? " is missing" : " are missing"),
          "Choose another quantization: corral hub " + repository());
    }
    Optional<HubFile> unknown =
        choice.files().stream().filter(file -> file.digest().isEmpty()).findFirst();
    if (unknown.isPresent()) {
      return refused(
          "the Hub tells no digest of '" + unknown.get().name() + "', so nobody could verify it",
          "");
    }
    switch (hubs.projector(name)) {
      case Answered.Not<Optional<HubFile>>(Trouble trouble) -> {
        return Fetcher.failed(trouble);
      }
      case Answered.Got<Optional<HubFile>>(Optional<HubFile> file) -> projector = companion(file);
    }
    List<Layer> parts = parts(choice);
    return parts.size() == 1
        ? single(choice.files().getFirst(), parts.getFirst())
        : new Joining(this, choice.files(), parts).work();
  }

  /// As the Hub's own manifests have it, and Ollama takes it. One whose digest nobody tells could
  /// not be verified, and is left where it is: the model reads without it.
  private Optional<Companion> companion(Optional<HubFile> file) throws StoreFailure {
    if (file.isEmpty() || file.get().digest().isEmpty()) {
      return Optional.empty();
    }
    Layer layer = new Layer(Layer.PROJECTOR, file.get().digest().get(), file.get().size());
    return Optional.of(new Companion(file.get(), fetcher.share(layer)));
  }

  /// All that is to be fetched: the weights, and what goes with them.
  Map<Digest, Share> with(Map<Digest, Share> weights) {
    Map<Digest, Share> all = new LinkedHashMap<>(weights);
    projector.ifPresent(one -> all.put(one.share().layer().digest(), one.share()));
    return all;
  }

  String repository() {
    return repository(name);
  }

  static String repository(ModelName name) {
    return name.namespace() + "/" + name.model();
  }

  /// The files of a choice, each of which has a digest.
  static List<Layer> parts(Choice choice) {
    return choice.files().stream()
        .map(file -> new Layer(Layer.MODEL, file.digest().orElseThrow(), file.size()))
        .toList();
  }

  ModelName name() {
    return name;
  }

  Fetcher fetcher() {
    return fetcher;
  }

  Run run() {
    return run;
  }

  Hubs hubs() {
    return hubs;
  }

  static End refused(String text, String next) {
    return new End.Failed(new Problem(Cause.OTHER, text, next));
  }

  /// The bytes of one file.
  Source source(HubFile file) {
    Leash leash = fetcher.stop().leash();
    return (_, first, last) -> hubs.range(name, file, first, last, leash);
  }

  private End single(HubFile file, Layer layer) throws StoreFailure {
    Share share = fetcher.share(layer);
    run.begin(with(Map.of(layer.digest(), share)), 0);
    End end = fetcher.blob(share, source(file));
    return end instanceof End.Done ? publish(layer) : end;
  }

  /// Fetches what goes with the weights; nothing where it is there.
  End accompanied() throws StoreFailure {
    if (projector.isEmpty()) {
      return new End.Done();
    }
    End end = fetcher.blob(projector.get().share(), source(projector.get().file()));
    return end instanceof End.Done
            && read(projector.get().share().layer()) instanceof Reading.Refused no
        ? refused("its projector is not taken: " + no.reason(), "")
        : end;
  }

  /// Makes a model of a file that is in the store, and of what goes with it.
  End publish(Layer weights) throws StoreFailure {
    End end = accompanied();
    if (!(end instanceof End.Done)) {
      return end;
    }
    return switch (read(weights)) {
      case null -> refused("what was fetched is gone again", "Try again.");
      case Reading.Exact(Gguf header) -> run.publish(manifest(header, weights).json());
      case Reading.Provisional _ -> refused("the file has no end to its header", "");
      case Reading.Refused no -> refused("the file is not taken: " + no.reason(), "");
    };
  }

  /// @return null where it is not there
  private @Nullable Reading read(Layer layer) {
    Optional<Path> file = fetcher.store().blob(layer.digest());
    if (file.isEmpty()) {
      return null;
    }
    try (FileBytes bytes = FileBytes.open(file.get())) {
      return GgufReader.read(bytes, ReadSettings.forFit());
    } catch (IOException e) {
      throw new UncheckedIOException("a blob could not be read", e);
    }
  }

  private Manifest manifest(Gguf header, Layer weights) throws StoreFailure {
    List<Layer> layers = new ArrayList<>(List.of(weights));
    projector.ifPresent(one -> layers.add(one.share().layer()));
    String license = license(header);
    if (!license.isEmpty()) {
      byte[] text = license.getBytes(StandardCharsets.UTF_8);
      layers.add(fetcher.store().put(Layer.LICENSE, text));
    }
    ObjectNode options = options(header);
    if (!options.isEmpty()) {
      byte[] text = options.toString().getBytes(StandardCharsets.UTF_8);
      layers.add(fetcher.store().put(Layer.PARAMS, text));
    }
    Layer config = fetcher.store().put(Layer.CONFIG, ModelConfig.of(header).json());
    return new Manifest(config, layers);
  }

  private static String license(Gguf header) {
    List<String> lines = new ArrayList<>();
    for (String key : List.of("general.license", "general.license.name", "general.license.link")) {
      header.text(key).filter(text -> !text.isBlank()).ifPresent(lines::add);
    }
    return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
  }

  private static ObjectNode options(Gguf header) {
    ObjectNode options = JSON.createObjectNode();
    OPTIONS.forEach((key, option) -> {
      switch (header.metadata().get(key)) {
        case GgufValue.Whole(long value) -> options.put(option, value);
        case GgufValue.Real(double value) -> options.put(option, (double) (float) value);
        case null, default -> {}
      }
    });
    return options;
  }

  /// True for a file that no registry has, because we made it of parts.
  static boolean joined(Layer layer) {
    return layer.from().matches("hf\\.co/.*@sha256:[0-9a-f]{64}");
  }

  /// Which parts a file was joined of, as its layer keeps it.
  static String origin(String repository, List<Layer> parts) {
    StringBuilder all = new StringBuilder();
    parts.forEach(part -> all.append(part.digest()).append('\n'));
    Digest key = Digest.of(all.toString().getBytes(StandardCharsets.US_ASCII));
    return "hf.co/" + repository + "@" + key;
  }
}
