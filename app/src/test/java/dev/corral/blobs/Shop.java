package dev.corral.blobs;

import dev.corral.model.Digest;
import dev.corral.model.Layer;
import dev.corral.model.Manifest;
import dev.corral.model.ModelName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/// What the tests of this room put into stores and look for on disks.
public final class Shop {
  public static final byte[] CONFIG =
      bytes("{\"model_format\":\"gguf\",\"model_family\":\"llama\"}");

  private Shop() {}

  /// A model of weights and a system prompt.
  public static StoredModel publish(Store store, String name, String weights, String system)
      throws StoreFailure {
    Layer model = store.put(Layer.MODEL, bytes(weights));
    Layer prompt = store.put(Layer.SYSTEM, bytes(system));
    Layer config = store.put(Layer.CONFIG, CONFIG);
    return store.publish(name(name), new Manifest(config, List.of(model, prompt)).json());
  }

  public static ModelName name(String text) {
    return ModelName.parse(text).orElseThrow();
  }

  public static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  public static Digest digest(String content) {
    return Digest.of(bytes(content));
  }

  /// One of the tiny models: `markov-a`, `markov-tool`, `markov-embed`.
  public static byte[] tiny(String model) throws IOException {
    try (var in = Shop.class.getResourceAsStream("/gguf/" + model + ".gguf.gz")) {
      if (in == null) {
        throw new IllegalArgumentException("No tiny model " + model);
      }
      return new GZIPInputStream(in).readAllBytes();
    }
  }

  /// All files below a folder, relative, in order.
  public static List<String> files(Path folder) throws IOException {
    return List.copyOf(tree(folder).keySet());
  }

  /// All files below a folder with their times and contents: what must not change.
  public static Map<String, String> tree(Path folder) throws IOException {
    Map<String, String> tree = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(path -> !Files.isDirectory(path)).toList()) {
        String content =
            Files.isSymbolicLink(file)
                ? "-> " + Files.readSymbolicLink(file)
                : Digest.of(Files.readAllBytes(file)).toString();
        tree.put(
            folder.relativize(file).toString(),
            Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS) + " " + content);
      }
    }
    return tree;
  }
}
