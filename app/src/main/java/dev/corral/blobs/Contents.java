package dev.corral.blobs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.corral.model.Digest;
import dev.corral.model.Layer;
import dev.corral.model.Manifest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads configs and texts of models, and remembers them by the manifest's digest, under which they
/// never change. Threads share it.
final class Contents {
  /// Templates have tens of kB; a conversation with pictures in it may have some MB.
  private static final int MAX_TEXT_BYTES = 16 << 20;

  private static final int REMEMBERED = 512;
  private static final JsonMapper JSON = new JsonMapper();

  /// @param missing a small layer that is not here, so that this must not be remembered
  record Content(ModelConfig config, Texts texts, boolean missing) {}

  /// Where a small blob's bytes are; empty where it is not here.
  @FunctionalInterface
  interface Source {
    Optional<byte[]> bytes(Digest digest, int most) throws IOException;
  }

  private final Map<Digest, Content> remembered =
      Collections.synchronizedMap(
          new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Digest, Content> eldest) {
              return size() > REMEMBERED;
            }
          });

  /// @throws StoreFailure where a part is there and makes no sense
  Content of(Digest manifestDigest, Manifest manifest, Source source)
      throws StoreFailure, IOException {
    Content known = remembered.get(manifestDigest);
    if (known != null) {
      return known;
    }
    Reader reader = new Reader(source);
    ModelConfig config = ModelConfig.of(reader.json(manifest.config(), "config"));
    Content read = new Content(config, reader.texts(manifest), reader.missing);
    if (!read.missing()) {
      remembered.put(manifestDigest, read);
    }
    return read;
  }

  private static final class Reader {
    private final Source source;
    private boolean missing;

    Reader(Source source) {
      this.source = source;
    }

    Texts texts(Manifest manifest) throws StoreFailure, IOException {
      Optional<Layer> template =
          manifest.last(Layer.TEMPLATE).or(() -> manifest.last(Layer.PROMPT));
      List<String> licenses = new ArrayList<>();
      for (Layer license : manifest.layers(Layer.LICENSE)) {
        licenses.add(text(license, "license"));
      }
      Optional<Layer> params = manifest.last(Layer.PARAMS);
      Optional<Layer> messages = manifest.last(Layer.MESSAGES);
      JsonNode options = params.isPresent() ? json(params.get(), "parameters") : null;
      JsonNode talk = messages.isPresent() ? json(messages.get(), "messages") : null;
      return new Texts(
          template.isPresent() ? text(template.get(), "template") : "",
          text(manifest.last(Layer.SYSTEM)),
          licenses,
          options instanceof ObjectNode object ? object : JsonNodeFactory.instance.objectNode(),
          talk instanceof ArrayNode array ? array : JsonNodeFactory.instance.arrayNode());
    }

    private String text(Optional<Layer> system) throws StoreFailure, IOException {
      return system.isPresent() ? text(system.get(), "system prompt") : "";
    }

    private String text(Layer layer, String what) throws StoreFailure, IOException {
      return new String(bytes(layer, what), StandardCharsets.UTF_8);
    }

    JsonNode json(Layer layer, String what) throws StoreFailure, IOException {
      byte[] bytes = bytes(layer, what);
      try {
        JsonNode tree = bytes.length == 0 ? null : JSON.readTree(bytes);
        return tree == null ? JsonNodeFactory.instance.missingNode() : tree;
      } catch (JsonProcessingException e) {
        throw damaged(what, "is not JSON");
      }
    }

    private byte[] bytes(Layer layer, String what) throws StoreFailure, IOException {
      if (layer.size() > MAX_TEXT_BYTES) {
        throw damaged(what, "is longer than " + (MAX_TEXT_BYTES >> 20) + " MiB");
      }
      Optional<byte[]> bytes = source.bytes(layer.digest(), MAX_TEXT_BYTES);
      if (bytes.isPresent() && !Digest.of(bytes.get()).equals(layer.digest())) {
        throw damaged(what, "was changed on the disk");
      }
      missing |= bytes.isEmpty();
      return bytes.orElseGet(() -> new byte[0]);
    }

    private static StoreFailure damaged(String what, String how) {
      return new StoreFailure(
          StoreFailure.Kind.DAMAGED,
          "the "
              + what
              + " of this model "
              + how
              + "; delete the model and pull or create it again");
    }
  }
}
