package dev.corral.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.corral.blobs.StoredModel;
import dev.corral.dialect.Fields;
import dev.corral.gguf.FileBytes;
import dev.corral.gguf.FileType;
import dev.corral.gguf.Gguf;
import dev.corral.gguf.GgufReader;
import dev.corral.gguf.ReadSettings;
import dev.corral.gguf.Reading;
import dev.corral.gguf.Tensor;
import dev.corral.model.ModelName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// `/api/show`: what is known about one model, member by member as Ollama tells it.
public final class Show {
  private final Library library;

  public Show(Library library) {
    this.library = library;
  }

  public List<Route> routes() {
    return List.of(new Route("POST", "/api/show", this::answer));
  }

  private void answer(Turn turn) throws IOException {
    Fields ask = turn.fields("ShowRequest");
    String asked = StoreWords.asked(ask);
    boolean verbose = ask.flag("verbose");
    String system = ask.text("system");
    Fields options = ask.object("options", "map[string]interface {}");
    if (asked.isEmpty()) {
      throw new Refused(400, "model is required");
    }
    ModelName name = StoreWords.require(asked);
    if (name.cloud()) {
      throw remote();
    }
    Known known = library.find(name).orElseThrow(() -> missing(name));
    if (known.stored().config().remote()) {
      throw remote();
    }
    if (!known.stored().whole()) {
      throw missing(known.stored().name());
    }
    turn.json(200, told(known, verbose, system, options.tree()));
  }

  private static Refused missing(ModelName name) {
    return new Refused(404, "model '" + name.shortName() + "' not found");
  }

  private static Refused remote() {
    return new Refused(403, "ollama cloud is disabled: remote model details are unavailable");
  }

  private static ObjectNode told(Known known, boolean verbose, String system, JsonNode options)
      throws IOException {
    StoredModel model = known.stored();
    String prompt = system.isEmpty() ? model.texts().system() : system;
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    Shape.put(answer, "license", String.join("\n", model.texts().licenses()));
    answer.put("modelfile", new ModelfileText(model).text(prompt, options));
    Shape.put(answer, "parameters", ModelfileText.parameters(model.texts().params()));
    Shape.put(answer, "template", template(known));
    Shape.put(answer, "system", prompt);
    ObjectNode details = answer.putObject("details");
    messages(answer, model.texts().messages());
    Optional<Path> weights = model.weights();
    StoreWords.details(details, model, model.config().quantization());
    answer.putObject("model_info");
    if (weights.isPresent()) {
      Gguf header = header(weights.get(), verbose);
      if (StoreWords.unknown(model.config().quantization())
          && header.whole("general.file_type").orElse(0) > 0) {
        details.put("quantization_level", FileType.of(header));
      }
      answer.set("model_info", ModelInfo.ofModel(header, verbose));
      if (!model.projectors().isEmpty()) {
        Gguf projector = header(model.projectors().getFirst(), verbose);
        answer.set("projector_info", ModelInfo.of(projector, verbose));
      }
      tensors(answer.putArray("tensors"), header);
    }
    if (!known.capabilities().isEmpty()) {
      known.capabilities().forEach(answer.putArray("capabilities")::add);
    }
    answer.put("modified_at", StoreWords.time(model.modifiedAt()));
    Shape.put(answer, "requires", model.config().requires());
    return answer;
  }

  /// Where the config names a renderer, Ollama tells the Go template that it does not use.
  private static String template(Known known) {
    if (known.stored().config().renderer().isEmpty()) {
      return known.templateText();
    }
    String own = known.stored().texts().template();
    return own.isEmpty() ? Voice.PLAIN : own;
  }

  private static void messages(ObjectNode answer, ArrayNode messages) {
    if (!messages.isEmpty()) {
      ArrayNode list = answer.putArray("messages");
      messages.forEach(message ->
          list.addObject()
              .put("role", message.path("role").asText(""))
              .put("content", message.path("content").asText("")));
    }
  }

  private static void tensors(ArrayNode list, Gguf header) {
    for (Tensor tensor : header.tensors()) {
      ObjectNode entry = list.addObject();
      entry.put("name", tensor.name()).put("type", tensor.type().name());
      tensor.shape().forEach(entry.putArray("shape")::add);
    }
  }

  private static Gguf header(Path file, boolean verbose) throws IOException {
    ReadSettings settings = verbose ? ReadSettings.forShowing() : ReadSettings.forFit();
    try (FileBytes bytes = FileBytes.open(file)) {
      return switch (GgufReader.read(bytes, settings)) {
        case Reading.Exact exact -> exact.gguf();
        case Reading.Provisional some -> some.gguf();
        case Reading.Refused no -> throw new Refused(500, no.reason());
      };
    }
  }
}
