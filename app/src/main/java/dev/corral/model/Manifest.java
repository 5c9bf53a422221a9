package dev.corral.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a model is made of: a config and layers (Docker's manifest, version 2, with Ollama's layer
/// types). The bytes of a manifest are its identity, so that a manifest of others is kept as it
/// came.
public record Manifest(Layer config, List<Layer> layers) {
  /// A manifest lists some blobs; this is room for ten thousand.
  public static final int MAX_BYTES = 4 << 20;

  private static final int MAX_LAYERS = 10_000;

  /// 256 TiB: no blob is that large, and ten thousand of them still count without overflow.
  private static final long MAX_LAYER_BYTES = 1L << 48;

  private static final String MEDIA_TYPE = "application/vnd.docker.distribution.manifest.v2+json";
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  public Manifest {
    layers = List.copyOf(layers);
  }

  /// Reads a manifest as a registry or a store holds it. Unknown members are ignored.
  ///
  /// @throws IllegalArgumentException with what is wrong with it, for whoever offered it
  public static Manifest parse(byte[] bytes) {
    if (bytes.length > MAX_BYTES) {
      throw new IllegalArgumentException("it is longer than " + (MAX_BYTES >> 20) + " MiB");
    }
    JsonNode tree = tree(bytes);
    if (!tree.path("config").isObject()) {
      throw new IllegalArgumentException("it names no config");
    }
    JsonNode listed = tree.path("layers");
    if (!listed.isArray() || listed.isEmpty()) {
      throw new IllegalArgumentException("it lists no layers");
    }
    if (listed.size() > MAX_LAYERS) {
      throw new IllegalArgumentException("it lists " + listed.size() + " layers");
    }
    List<Layer> layers = new ArrayList<>(listed.size());
    listed.forEach(layer -> layers.add(layer(layer)));
    return new Manifest(layer(tree.path("config")), layers);
  }

  private static JsonNode tree(byte[] bytes) {
    try {
      JsonNode tree = JSON.readTree(bytes);
      if (tree != null && tree.isObject()) {
        return tree;
      }
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("it is not JSON", e);
    } catch (IOException e) {
      throw new IllegalStateException("Bytes in memory cannot fail to be read", e);
    }
    throw new IllegalArgumentException("it is not a JSON object");
  }

  private static Layer layer(JsonNode node) {
    Optional<Digest> digest = Digest.parse(node.path("digest").asText(""));
    if (digest.isEmpty()) {
      throw new IllegalArgumentException("a layer has no valid digest");
    }
    JsonNode size = node.path("size");
    if (!size.isIntegralNumber()
        || !size.canConvertToLong()
        || size.asLong() < 0
        || size.asLong() > MAX_LAYER_BYTES) {
      throw new IllegalArgumentException("a layer has no valid size");
    }
    return new Layer(
        node.path("mediaType").asText(""),
        digest.get(),
        size.asLong(),
        node.path("from").asText(""),
        node.path("name").asText(""));
  }

  /// The manifest as Ollama writes one, byte for byte, so that the same model has the same digest
  /// here and there.
  public byte[] json() {
    StringBuilder out = new StringBuilder(1024);
    out.append("{\"schemaVersion\":2,\"mediaType\":\"").append(MEDIA_TYPE).append("\",\"config\":");
    append(out, config);
    out.append(",\"layers\":[");
    String comma = "";
    for (Layer layer : layers) {
      append(out.append(comma), layer);
      comma = ",";
    }
    return out.append("]}\n").toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void append(StringBuilder out, Layer layer) {
    out.append("{\"mediaType\":").append(quoted(layer.mediaType()));
    out.append(",\"digest\":\"").append(layer.digest()).append("\",\"size\":").append(layer.size());
    if (!layer.from().isEmpty()) {
      out.append(",\"from\":").append(quoted(layer.from()));
    }
    if (!layer.name().isEmpty()) {
      out.append(",\"name\":").append(quoted(layer.name()));
    }
    out.append('}');
  }

  /// As Go's encoder quotes: what could end a script of a page is escaped.
  private static String quoted(String text) {
    return JSON.valueToTree(text)
        .toString()
        .replace("<", "\\u003c")
        .replace(">", "\\u003e")
        .replace("&", "\\u0026");
  }

  /// Config and layers, each blob once or as often as the manifest names it.
  public List<Layer> blobs() {
    List<Layer> blobs = new ArrayList<>(layers);
    blobs.add(config);
    return List.copyOf(blobs);
  }

  /// Bytes of all layers and the config, as listings show a model's size.
  public long size() {
    return blobs().stream().mapToLong(Layer::size).sum();
  }

  /// The layers of a type, in their order.
  public List<Layer> layers(String mediaType) {
    return layers.stream().filter(layer -> layer.mediaType().equals(mediaType)).toList();
  }

  /// The layer of a type that counts where there are several: the last.
  public Optional<Layer> last(String mediaType) {
    return layers(mediaType).reversed().stream().findFirst();
  }
}
