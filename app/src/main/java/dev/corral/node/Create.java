package dev.corral.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.corral.blobs.ModelConfig;
import dev.corral.blobs.Store;
import dev.corral.blobs.StoreFailure;
import dev.corral.blobs.StoredModel;
import dev.corral.dialect.GoJson;
import dev.corral.gguf.FileType;
import dev.corral.model.Layer;
import dev.corral.model.ModelName;
import dev.corral.templates.TemplateFailure;
import dev.corral.templates.go.GoTemplate;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// `/api/create`: a model from GGUF files that were sent, or from another model, with all that a
/// Modelfile can say.
///
/// A file becomes the layer as it is; Ollama writes it anew and keeps both.
public final class Create {
  /// What `quantize` may name (Ollama's `ParseFileType`).
  private static final Set<String> LEVELS =
      Set.of("F32", "F16", "Q4_K_S", "Q4_K_M", "Q8_0", "BF16");

  /// What may be quantized.
  private static final Set<String> WHOLE = Set.of("F32", "F16", "BF16");

  private final Store store;
  private final WeightFiles files;

  public Create(Store store) {
    this.store = store;
    this.files = new WeightFiles(store);
  }

  public List<Route> routes() {
    return List.of(new Route("POST", "/api/create", this::answer));
  }

  private void answer(Turn turn) throws IOException {
    CreateAsk ask = CreateAsk.of(turn.fields("CreateRequest"));
    turn.prepared();
    if (ask.stream()) {
      Frames frames = turn.frames();
      make(ask, status -> frames.send(status(status)));
      frames.send(status("success"));
      frames.end();
    } else {
      make(ask, _ -> {});
      turn.whole(200, "application/json", GoJson.bytes(status("success")));
    }
  }

  private static ObjectNode status(String text) {
    return JsonNodeFactory.instance.objectNode().put("status", text);
  }

  private void make(CreateAsk ask, Consumer<String> status) throws IOException {
    Ingredients ingredients = new Ingredients(store);
    try {
      ModelConfig config = weights(ask, ingredients, status);
      if (!ask.template().isEmpty()) {
        checkTemplate(ask.template());
      }
      ingredients.template(ask.template());
      ingredients.system(ask.system());
      for (String license : ask.licenses()) {
        ingredients.license(license);
      }
      ingredients.params(ask.params());
      ingredients.messages(ask.messages());
      byte[] manifest = ingredients.manifest(told(ask, config)).json();
      ingredients.statuses().forEach(status);
      status.accept("writing manifest");
      store.publish(ask.name(), manifest);
    } catch (StoreFailure e) {
      throw StoreWords.refused(e);
    }
  }

  /// The large layers; gives what they say the model is.
  private ModelConfig weights(CreateAsk ask, Ingredients ingredients, Consumer<String> status)
      throws IOException, StoreFailure {
    List<WeightFiles.Checked> given = new ArrayList<>();
    Optional<ModelConfig> config = Optional.empty();
    if (!ask.from().isEmpty()) {
      StoredModel base = base(ask.from());
      checkQuantize(ask.quantize(), base.config().quantization());
      ingredients.take(base);
      config = Optional.of(base.config());
    } else if (ask.filesGiven()) {
      given.addAll(files.check(ask.files(), status));
    } else {
      throw new Refused(400, "neither 'from' or 'files' was specified");
    }
    given.addAll(adapters(ask, status));
    for (WeightFiles.Checked file : given) {
      ingredients.use(file.layer());
      if (file.layer().mediaType().equals(Layer.MODEL)) {
        checkQuantize(ask.quantize(), FileType.of(file.header()));
        config = Optional.of(ModelConfig.of(file.header()));
      }
    }
    return config.orElseThrow(
        () -> new Refused(400, "none of the files holds the weights of a model"));
  }

  /// @throws Refused where it is not here whole; nothing is fetched unasked
  private StoredModel base(String from) throws StoreFailure {
    ModelName name = StoreWords.require(from);
    if (name.cloud()) {
      throw new Refused(403, "ollama cloud is disabled: remote model is unavailable");
    }
    StoredModel base =
        store
            .find(name)
            .orElseThrow(() ->
                new Refused(
                    404,
                    "model '"
                        + name.shortName()
                        + "' not found; pull it first: corral pull "
                        + name.shortName()));
    if (!base.whole()) {
      throw new Refused(
          500,
          "model '"
              + name.shortName()
              + "' lost some of its blobs; pull it again: corral pull "
              + name.shortName());
    }
    return base;
  }

  private List<WeightFiles.Checked> adapters(CreateAsk ask, Consumer<String> status)
      throws IOException {
    if (ask.adapters().isEmpty()) {
      return List.of();
    }
    if (ask.adapters().size() > 1) {
      throw new Refused(400, "only one adapter is currently supported");
    }
    List<WeightFiles.Checked> adapters = files.check(ask.adapters(), status);
    if (!adapters.getFirst().layer().mediaType().equals(Layer.ADAPTER)) {
      throw new Refused(
          400,
          "the file '"
              + ask.adapters().keySet().iterator().next()
              + "' is no adapter (its general.type does not say so); name models with FROM");
    }
    return adapters;
  }

  /// Weights that have the wanted level already are taken as they are. The first two refusals are
  /// Ollama's.
  private static void checkQuantize(String wanted, String is) {
    String level = wanted.toUpperCase(Locale.ROOT).replaceFirst("^Q4_K$", "Q4_K_M");
    if (level.isEmpty()) {
      return;
    }
    if (!LEVELS.contains(level)) {
      throw new Refused(
          500,
          "unsupported quantization type "
              + level
              + " - supported types are F32, F16, Q4_K_S, Q4_K_M, Q8_0");
    }
    if (!WHOLE.contains(is)) {
      throw new Refused(500, "quantization is only supported for F16, BF16 and F32 models");
    }
    if (!level.equals(is)) {
      throw new Refused(
          501,
          "weights cannot be quantized here yet; make a "
              + level
              + " file with llama.cpp's llama-quantize and create the model from that, or pull the"
              + " model as "
              + level);
    }
  }

  private static void checkTemplate(String template) {
    try {
      GoTemplate.compile(template);
    } catch (TemplateFailure e) {
      throw new Refused(400, "template error: " + e.at(0).text());
    }
  }

  /// The config with what the caller says on top.
  private static ModelConfig told(CreateAsk ask, ModelConfig config) {
    JsonNode info = ask.info();
    List<String> capabilities = new ArrayList<>(config.capabilities());
    info.path("capabilities").forEach(one -> capabilities.add(one.asText("")));
    String family = text(info, "model_family", "");
    List<String> families = new ArrayList<>(config.families());
    if (!family.isEmpty()) {
      families.addFirst(family);
    }
    return new ModelConfig(
        config.format(),
        family.isEmpty() ? config.family() : family,
        families,
        text(info, "parameter_size", config.parameterSize()),
        text(info, "quantization_level", config.quantization()),
        ask.renderer().isEmpty() ? config.renderer() : ask.renderer(),
        ask.parser().isEmpty() ? config.parser() : ask.parser(),
        ask.requires().isEmpty() ? config.requires() : ask.requires(),
        "",
        "",
        capabilities,
        number(info, "context_length"),
        number(info, "embedding_length"),
        text(info, "base_name", ""));
  }

  private static String text(JsonNode info, String member, String otherwise) {
    JsonNode value = info.path(member);
    if (!value.isMissingNode() && !value.isTextual()) {
      throw new Refused(400, "info field \"" + member + "\" must be a string");
    }
    return value.asText("").isEmpty() ? otherwise : value.asText();
  }

  private static long number(JsonNode info, String member) {
    JsonNode value = info.path(member);
    if (!value.isMissingNode() && !value.isNumber()) {
      throw new Refused(400, "info field \"" + member + "\" must be a number");
    }
    boolean whole = value.isMissingNode() || value.decimalValue().stripTrailingZeros().scale() <= 0;
    if (!whole || value.asLong() < 0) {
      throw new Refused(400, "info field \"" + member + "\" must be a non-negative integer");
    }
    return value.asLong();
  }
}
