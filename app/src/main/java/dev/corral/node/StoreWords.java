package dev.corral.node;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.corral.blobs.ModelConfig;
import dev.corral.blobs.StoreFailure;
import dev.corral.blobs.StoredModel;
import dev.corral.dialect.Fields;
import dev.corral.model.Layer;
import dev.corral.model.ModelName;
import java.time.Instant;
import java.time.ZoneId;

/// What several management calls on the store say and ask in the same way.
final class StoreWords {
  private static final System.Logger LOG = System.getLogger(StoreWords.class.getName());

  private StoreWords() {}

  /// The store's no for a caller. Statuses are Ollama's, which answers 500 for a full disk too.
  static Refused refused(StoreFailure failure) {
    int status =
        switch (failure.kind()) {
          case MISMATCH -> 400;
          case READ_ONLY -> 403;
          case BUSY -> 503;
          case NO_ROOM, DAMAGED, MISSING_BLOB, DISK -> 500;
        };
    if (failure.kind() == StoreFailure.Kind.DISK) {
      LOG.log(System.Logger.Level.ERROR, failure.text(), failure);
    }
    return new Refused(status, failure.text());
  }

  /// The name of a request, in its member of today or of before.
  static String asked(Fields fields) {
    String model = fields.text("model");
    String name = fields.text("name");
    return model.isEmpty() ? name : model;
  }

  /// @throws Refused 400 with Ollama's words
  static ModelName require(String asked) {
    return ModelName.parse(asked).orElseThrow(() -> new Refused(400, "invalid model name"));
  }

  /// The members of `details` that tags and show have in common.
  static ObjectNode details(ObjectNode into, StoredModel model, String quantization) {
    ModelConfig config = model.config();
    into.put("parent_model", model.weightsLayer().map(Layer::from).orElse(""));
    into.put("format", config.format());
    into.put("family", config.family());
    if (config.families().isEmpty()) {
      into.putNull("families");
    } else {
      config.families().forEach(into.putArray("families")::add);
    }
    into.put("parameter_size", config.parameterSize());
    return into.put("quantization_level", quantization);
  }

  /// With the offset of this machine, as Ollama tells times of files.
  static String time(Instant instant) {
    return Shape.TIME.format(instant.atZone(ZoneId.systemDefault()).toOffsetDateTime());
  }

  /// True where Ollama would take the file's word instead of the config's.
  static boolean unknown(String quantization) {
    return quantization.isEmpty() || quantization.equals("unknown");
  }
}
