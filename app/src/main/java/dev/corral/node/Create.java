package dev.corral.node;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.blobs.ModelConfig;
import dev.corral.blobs.Store;
import dev.corral.blobs.StoreFailure;
import dev.corral.blobs.StoredModel;
import dev.corral.dialect.GoJson;
import dev.corral.engine.Quantizer;
import dev.corral.gguf.FileType;
import dev.corral.model.Layer;
import dev.corral.model.ModelName;
import dev.corral.templates.TemplateFailure;
import dev.corral.templates.go.GoTemplate;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// `/api/create`: a model from GGUF files that were sent, or from another model, with all that a
/// Modelfile can say.
///
/// A file becomes the layer as it is, unless it is to be quantized; Ollama writes it anew always
/// and keeps both.
public final class Create {
  private final Store store;
  private final WeightFiles files;
  private final Smaller smaller;

  public Create(Store store, Quantizer quantizer) {
    this.store = store;
    this.files = new WeightFiles(store);
    this.smaller = new Smaller(store, files, quantizer);
  }

  public List<Route> routes() {
    return List.of(new Route("POST", "/api/create", this::answer));
  }

  private void answer(Turn turn) throws IOException {
    CreateAsk ask = CreateAsk.of(turn.fields("CreateRequest"));
    turn.prepared();
    if (ask.stream()) {
      Frames frames = turn.frames();
      make(ask, new Steps(frames), turn);
      frames.send(Steps.status("success"));
      frames.end();
    } else {
      make(ask, new Steps(null), turn);
      turn.whole(200, "application/json", GoJson.bytes(Steps.status("success")));
    }
  }

  private void make(CreateAsk ask, Steps steps, Turn turn) throws IOException {
    Ingredients ingredients = new Ingredients(store);
    try {
      ModelConfig config = weights(ask, ingredients, steps, turn);
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
      ingredients.statuses().forEach(steps::say);
      steps.say("writing manifest");
      store.publish(ask.name(), manifest);
    } catch (StoreFailure e) {
      throw StoreWords.refused(e);
    }
  }

  /// The large layers; gives what they say the model is.
  private ModelConfig weights(CreateAsk ask, Ingredients ingredients, Steps steps, Turn turn)
      throws IOException, StoreFailure {
    List<WeightFiles.Checked> given = new ArrayList<>();
    Optional<ModelConfig> config = Optional.empty();
    if (!ask.from().isEmpty()) {
      StoredModel base = base(ask.from());
      ingredients.take(base);
      config = Optional.of(quantized(ask, base, ingredients, steps, turn));
    } else if (ask.filesGiven()) {
      given.addAll(files.check(ask.files(), steps::say));
    } else {
      throw new Refused(400, "neither 'from' or 'files' was specified");
    }
    given.addAll(adapters(ask, steps));
    for (WeightFiles.Checked file : given) {
      boolean model = file.layer().mediaType().equals(Layer.MODEL);
      WeightFiles.Checked used = model ? quantized(ask, file, steps, turn) : file;
      ingredients.use(used.layer());
      if (model) {
        config = Optional.of(ModelConfig.of(used.header()));
      }
    }
    return config.orElseThrow(
        () -> new Refused(400, "none of the files holds the weights of a model"));
  }

  private WeightFiles.Checked quantized(
      CreateAsk ask, WeightFiles.Checked file, Steps steps, Turn turn)
      throws IOException, StoreFailure {
    String level = FileType.of(file.header());
    Optional<Path> weights = store.blob(file.layer().digest());
    if (!Smaller.needed(ask.quantize(), level) || weights.isEmpty()) {
      return file;
    }
    return smaller.made(file, weights.get(), level, ask.quantize(), steps, turn::onCancel);
  }

  /// The config of the base, with its weights written anew where that is wanted.
  private ModelConfig quantized(
      CreateAsk ask, StoredModel base, Ingredients ingredients, Steps steps, Turn turn)
      throws IOException, StoreFailure {
    Optional<Layer> layer = base.weightsLayer();
    if (ask.quantize().isEmpty() || layer.isEmpty()) {
      return base.config();
    }
    // The config may not tell: Ollama takes F32, whose number is 0, for nothing said.
    WeightFiles.Checked before = files.look(base.name().shortName(), layer.get().digest());
    WeightFiles.Checked now = quantized(ask, before, steps, turn);
    if (now.equals(before)) {
      return base.config();
    }
    ingredients.exchange(layer.get(), now.layer());
    return base.config().quantized(FileType.of(now.header()));
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

  private List<WeightFiles.Checked> adapters(CreateAsk ask, Steps steps) throws IOException {
    if (ask.adapters().isEmpty()) {
      return List.of();
    }
    if (ask.adapters().size() > 1) {
      throw new Refused(400, "only one adapter is currently supported");
    }
    List<WeightFiles.Checked> adapters = files.check(ask.adapters(), steps::say);
    if (!adapters.getFirst().layer().mediaType().equals(Layer.ADAPTER)) {
      throw new Refused(
          400,
          "the file '"
              + ask.adapters().keySet().iterator().next()
              + "' is no adapter (its general.type does not say so); name models with FROM");
    }
    return adapters;
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
