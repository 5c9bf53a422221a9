package dev.corral.node;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.corral.blobs.Store;
import dev.corral.blobs.StoreFailure;
import dev.corral.blobs.StoredModel;
import dev.corral.dialect.GoJson;
import dev.corral.gguf.FileBytes;
import dev.corral.gguf.FileType;
import dev.corral.gguf.Gguf;
import dev.corral.gguf.GgufReader;
import dev.corral.gguf.GgufValue;
import dev.corral.gguf.ReadSettings;
import dev.corral.gguf.Reading;
import dev.corral.model.Digest;
import dev.corral.model.ModelName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/// `/api/tags` and `/v1/models`: what lies in the store, the newest first.
///
/// As in Ollama a listing looks at the start of each file only, in front of its vocabulary, so that
/// a full store is listed at once: what a Jinja template can is told by `show`.
public final class Listing {
  private static final String FILE_TYPE = "general.file_type";
  private static final String PLAIN_JSON = "application/json";

  /// What a listing knows beyond the config.
  private record Summary(
      List<String> capabilities, long contextLength, long embeddingLength, String quantization) {}

  private final Store store;

  /// By the manifest's digest, under which nothing ever changes; as many as were listed last.
  private final Map<Digest, Summary> summaries = new ConcurrentHashMap<>();

  public Listing(Store store) {
    this.store = store;
  }

  public List<Route> routes() {
    return List.of(
        new Route("GET", "/api/tags", turn -> turn.json(200, tags())),
        new Route("HEAD", "/api/tags", turn -> turn.json(200, tags())),
        new Route("GET", "/v1/models", turn -> line(turn, list())),
        new Route("GET", "/v1/models/*", this::one));
  }

  private List<StoredModel> models() {
    try {
      List<StoredModel> models = store.list();
      Set<Digest> listed = models.stream().map(StoredModel::digest).collect(Collectors.toSet());
      summaries.keySet().retainAll(listed);
      return models;
    } catch (StoreFailure e) {
      throw StoreWords.refused(e);
    }
  }

  private ObjectNode tags() {
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    ArrayNode list = answer.putArray("models");
    for (StoredModel model : models()) {
      Summary summary = summaries.computeIfAbsent(model.digest(), _ -> summary(model));
      list.add(tag(model, summary));
    }
    return answer;
  }

  private static ObjectNode tag(StoredModel model, Summary summary) {
    String name = model.name().shortName();
    ObjectNode tag = JsonNodeFactory.instance.objectNode().put("name", name).put("model", name);
    Shape.put(tag, "remote_model", model.config().remoteModel());
    Shape.put(tag, "remote_host", model.config().remoteHost());
    tag.put("modified_at", StoreWords.time(model.modifiedAt()));
    tag.put("size", model.sizeBytes()).put("digest", model.digest().hex());
    ObjectNode details =
        StoreWords.details(tag.putObject("details"), model, summary.quantization());
    Shape.put(details, "context_length", summary.contextLength());
    Shape.put(details, "embedding_length", summary.embeddingLength());
    if (!summary.capabilities().isEmpty()) {
      summary.capabilities().forEach(tag.putArray("capabilities")::add);
    }
    return tag;
  }

  private static Summary summary(StoredModel model) {
    Map<String, GgufValue> told = header(model).map(Listing::front).orElse(Map.of());
    String architecture =
        told.get(Gguf.ARCHITECTURE) instanceof GgufValue.Text(String name) ? name : "";
    Set<String> capabilities = new LinkedHashSet<>();
    if (!told.isEmpty()) {
      capabilities.addAll(ofFile(told.keySet(), architecture));
    }
    capabilities.addAll(model.config().capabilities());
    String template = model.texts().template().isEmpty() ? Voice.PLAIN : model.texts().template();
    if (Voice.go(template) instanceof Voice.Speaks speaks) {
      capabilities.addAll(speaks.abilities());
    }
    if (!model.projectors().isEmpty()) {
      capabilities.add("vision");
    }
    long context = model.config().contextLength();
    long embedding = model.config().embeddingLength();
    String quantization = model.config().quantization();
    return new Summary(
        List.copyOf(capabilities),
        context != 0 ? context : whole(told, architecture + ".context_length").orElse(0L),
        embedding != 0 ? embedding : whole(told, architecture + ".embedding_length").orElse(0L),
        StoreWords.unknown(quantization)
            ? whole(told, FILE_TYPE).map(FileType::of).orElse(quantization)
            : quantization);
  }

  /// What stands in front of the vocabulary.
  private static Map<String, GgufValue> front(Gguf gguf) {
    Map<String, GgufValue> front = new LinkedHashMap<>();
    for (Map.Entry<String, GgufValue> entry : gguf.metadata().entrySet()) {
      if (entry.getKey().startsWith("tokenizer.") && front.containsKey(Gguf.ARCHITECTURE)) {
        break;
      }
      front.put(entry.getKey(), entry.getValue());
    }
    return front;
  }

  private static Optional<Long> whole(Map<String, GgufValue> told, String key) {
    return told.get(key) instanceof GgufValue.Whole(long number)
        ? Optional.of(number)
        : Optional.empty();
  }

  private static List<String> ofFile(Set<String> keys, String architecture) {
    List<String> able = new ArrayList<>();
    if (keys.contains(architecture + ".vision.block_count")) {
      able.add("vision");
    }
    if (keys.contains(architecture + ".audio.block_count")) {
      able.add("audio");
    }
    able.add(keys.contains(architecture + ".pooling_type") ? "embedding" : "completion");
    return able;
  }

  /// The first part of the file's header; empty where it is not here or damaged: then the listing
  /// says less.
  private static Optional<Gguf> header(StoredModel model) {
    Optional<Path> weights = model.weights();
    if (weights.isEmpty()) {
      return Optional.empty();
    }
    try (FileBytes bytes = FileBytes.open(weights.get())) {
      return switch (new GgufReader(bytes, ReadSettings.forFit()).glance()) {
        case Reading.Exact exact -> Optional.of(exact.gguf());
        case Reading.Provisional some -> Optional.of(some.gguf());
        case Reading.Refused _ -> Optional.empty();
      };
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /// OpenAI's list; `data` is null for an empty store, as from Ollama.
  private ObjectNode list() {
    ObjectNode answer = JsonNodeFactory.instance.objectNode().put("object", "list");
    List<StoredModel> models = models();
    if (models.isEmpty()) {
      return answer.putNull("data");
    }
    ArrayNode data = answer.putArray("data");
    models.forEach(model -> data.add(entry(model.name().shortName(), model)));
    return answer;
  }

  private void one(Turn turn) throws IOException {
    String asked = turn.parameter();
    ModelName name = StoreWords.require(asked);
    try {
      StoredModel model =
          store
              .find(name)
              .orElseThrow(() -> new Refused(404, "model '" + name.shortName() + "' not found"));
      line(turn, entry(asked, model));
    } catch (StoreFailure e) {
      throw StoreWords.refused(e);
    }
  }

  private static ObjectNode entry(String id, StoredModel model) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("id", id)
        .put("object", "model")
        .put("created", model.modifiedAt().getEpochSecond())
        .put("owned_by", model.name().namespace());
  }

  /// These answers end in a newline.
  private static void line(Turn turn, ObjectNode body) {
    byte[] json =
        (new String(GoJson.bytes(body), StandardCharsets.UTF_8) + "\n")
            .getBytes(StandardCharsets.UTF_8);
    turn.whole(200, PLAIN_JSON, json);
  }
}
