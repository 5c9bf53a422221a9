package dev.corral.node;

import dev.corral.blobs.Store;
import dev.corral.gguf.FileBytes;
import dev.corral.gguf.Gguf;
import dev.corral.gguf.GgufReader;
import dev.corral.gguf.ReadSettings;
import dev.corral.gguf.Reading;
import dev.corral.model.Digest;
import dev.corral.model.Layer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Files that were sent to become a model: which kind each is, and whether it can be used at all.
/// No file reaches the engine that was not looked at here.
final class WeightFiles {
  private static final String GGUF = ".gguf";
  private static final String SAFETENSORS = ".safetensors";
  private static final byte[] MAGIC = "GGUF".getBytes(StandardCharsets.US_ASCII);

  /// A file that can be used.
  record Checked(Layer layer, Gguf header) {}

  private final Store store;

  WeightFiles(Store store) {
    this.store = store;
  }

  /// @param parsing told before each file is looked at
  /// @throws Refused where one of them cannot be used, with the reason
  List<Checked> check(Map<String, Digest> files, Consumer<String> parsing) throws IOException {
    switch (kind(files)) {
      case SAFETENSORS ->
          throw new Refused(
              400,
              "safetensors cannot be converted here; convert the model to GGUF first, for example"
                  + " with llama.cpp's convert_hf_to_gguf.py, or pull it in GGUF");
      case GGUF -> {}
      default -> throw new Refused(400, "unknown type");
    }
    List<Checked> checked = new ArrayList<>();
    for (Map.Entry<String, Digest> file : files.entrySet()) {
      parsing.accept("parsing GGUF");
      checked.add(look(file.getKey(), file.getValue()));
    }
    return checked;
  }

  /// As Ollama judges: by the ending of the first file that tells, else by its first bytes.
  private String kind(Map<String, Digest> files) throws IOException {
    for (Map.Entry<String, Digest> file : files.entrySet()) {
      if (file.getKey().endsWith(SAFETENSORS)) {
        return SAFETENSORS;
      }
      if (file.getKey().endsWith(GGUF) || isGguf(require(file.getValue()))) {
        return GGUF;
      }
    }
    return "";
  }

  /// @throws Refused where the blob cannot be used, with the reason
  Checked look(String name, Digest digest) throws IOException {
    Path file = require(digest);
    if (!isGguf(file)) {
      throw new Refused(400, "supplied file was not in GGUF format");
    }
    try (FileBytes bytes = FileBytes.open(file)) {
      return switch (GgufReader.read(bytes, ReadSettings.forLoading())) {
        case Reading.Exact exact -> checked(name, digest, bytes.length(), exact.gguf());
        case Reading.Refused no -> throw unusable(name, no.reason());
        case Reading.Provisional _ -> throw unusable(name, "Its header has no end.");
      };
    }
  }

  private static Checked checked(String name, Digest digest, long length, Gguf header) {
    if (header.whole("split.count").orElse(1) > 1) {
      throw unusable(
          name,
          "It is one part of several; join them first with: llama-gguf-split --merge FIRST-PART"
              + " WHOLE");
    }
    if (header.tensors().isEmpty()) {
      throw unusable(name, "It holds no weights.");
    }
    return new Checked(new Layer(kind(header), digest, length), header);
  }

  private static Refused unusable(String name, String reason) {
    return new Refused(400, "the file '" + name + "' cannot be used. " + reason);
  }

  /// Ollama's rules (`ggufLayersWithMediaType`).
  static String kind(Gguf header) {
    String type = header.text("general.type").orElse("model");
    String architecture = header.architecture().orElse("");
    boolean blocks = header.whole(architecture + ".block_count").orElse(0) > 0;
    boolean sees = header.whole(architecture + ".vision.block_count").orElse(0) > 0;
    boolean encodes =
        Optional.of("clip").equals(header.architecture())
            && (header.flag(architecture + ".has_vision_encoder").orElse(false)
                || header.flag(architecture + ".has_audio_encoder").orElse(false));
    if (type.equals("adapter")) {
      return Layer.ADAPTER;
    }
    boolean projector =
        type.equals("projector") || type.equals("mmproj") || (!blocks && (sees || encodes));
    return projector ? Layer.PROJECTOR : Layer.MODEL;
  }

  private Path require(Digest digest) {
    return store
        .blob(digest)
        .orElseThrow(() ->
            new Refused(
                500,
                "the blob "
                    + digest
                    + " is not here; send it first with: POST /api/blobs/"
                    + digest));
  }

  private static boolean isGguf(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return Arrays.equals(in.readNBytes(MAGIC.length), MAGIC);
    }
  }
}
