package dev.corral.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.corral.blobs.ModelConfig;
import dev.corral.blobs.Store;
import dev.corral.blobs.StoreFailure;
import dev.corral.blobs.StoredModel;
import dev.corral.dialect.GoJson;
import dev.corral.model.Digest;
import dev.corral.model.Layer;
import dev.corral.model.Manifest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The layers of a model in the making, in Ollama's order, with the status line of each. The bytes
/// of each small layer are those that Ollama would write, so that digests agree. For one thread.
final class Ingredients {
  private final Store store;
  private final List<Layer> layers = new ArrayList<>();
  private final Map<Layer, String> statuses = new LinkedHashMap<>();
  private ObjectNode params = JsonNodeFactory.instance.objectNode();

  Ingredients(Store store) {
    this.store = store;
  }

  /// All that another model is made of.
  void take(StoredModel base) {
    String name = base.name().shortName();
    for (Layer layer : base.manifest().layers()) {
      use(new Layer(layer.mediaType(), layer.digest(), layer.size(), name, layer.name()));
    }
    params = base.texts().params();
  }

  /// Weights that were written anew take the place of those they were made of.
  void exchange(Layer before, Layer now) {
    boolean known = layers.contains(now);
    layers.replaceAll(layer -> layer.digest().equals(before.digest()) ? now : layer);
    statuses.put(now, (known ? "using existing" : "creating new") + " layer " + now.digest());
  }

  /// A blob that is here.
  void use(Layer layer) {
    layers.add(layer);
    statuses.put(layer, "using existing layer " + layer.digest());
  }

  void template(String text) throws StoreFailure {
    replace(Layer.TEMPLATE, text);
  }

  void system(String text) throws StoreFailure {
    replace(Layer.SYSTEM, text);
  }

  void license(String text) throws StoreFailure {
    add(Layer.LICENSE, utf8(text));
  }

  /// Those of the model it is made from stay, where they are not given anew.
  void params(ObjectNode given) throws StoreFailure {
    if (given.isEmpty() && params.isEmpty()) {
      return;
    }
    Map<String, JsonNode> merged = new TreeMap<>();
    params.properties().forEach(entry -> merged.put(entry.getKey(), entry.getValue()));
    given.properties().forEach(entry -> merged.put(entry.getKey(), entry.getValue()));
    ObjectNode all = JsonNodeFactory.instance.objectNode();
    merged.forEach(all::set);
    remove(Layer.PARAMS);
    add(Layer.PARAMS, line(all));
  }

  void messages(List<JsonNode> given) throws StoreFailure {
    if (!given.isEmpty()) {
      ArrayNode all = JsonNodeFactory.instance.arrayNode().addAll(given);
      remove(Layer.MESSAGES);
      add(Layer.MESSAGES, line(all));
    }
  }

  private void replace(String mediaType, String text) throws StoreFailure {
    if (!text.isEmpty()) {
      remove(mediaType);
      add(mediaType, utf8(text));
    }
  }

  private void remove(String mediaType) {
    layers.removeIf(layer -> layer.mediaType().equals(mediaType));
  }

  private void add(String mediaType, byte[] content) throws StoreFailure {
    boolean here = store.hasBlob(Digest.of(content));
    Layer layer = store.put(mediaType, content);
    layers.add(layer);
    statuses.put(layer, (here ? "using existing" : "creating new") + " layer " + layer.digest());
  }

  /// Go's encoder ends each value with a newline.
  private static byte[] line(JsonNode tree) {
    return utf8(new String(GoJson.bytes(tree), StandardCharsets.UTF_8) + "\n");
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /// One line for each layer that became part of the model.
  List<String> statuses() {
    return layers.stream().map(layer -> statuses.getOrDefault(layer, "")).toList();
  }

  Manifest manifest(ModelConfig config) throws StoreFailure {
    return new Manifest(store.put(Layer.CONFIG, config.json()), layers);
  }
}
