package dev.corral.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.corral.engine.LoadOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Options of one answer: Ollama's defaults (`api.DefaultOptions` of 0.33.0), those of the model,
/// those of the request, the later ones winning. Unknown ones are passed over.
final class Options {
  private enum Kind {
    WHOLE,
    REAL,
    FLAG,
    TEXTS
  }

  private static final Map<String, Kind> KINDS =
      Map.ofEntries(
          Map.entry("num_ctx", Kind.WHOLE),
          Map.entry("num_batch", Kind.WHOLE),
          Map.entry("num_gpu", Kind.WHOLE),
          Map.entry("main_gpu", Kind.WHOLE),
          Map.entry("use_mmap", Kind.FLAG),
          Map.entry("num_thread", Kind.WHOLE),
          Map.entry("draft_num_predict", Kind.WHOLE),
          Map.entry("num_keep", Kind.WHOLE),
          Map.entry("seed", Kind.WHOLE),
          Map.entry("num_predict", Kind.WHOLE),
          Map.entry("top_k", Kind.WHOLE),
          Map.entry("top_p", Kind.REAL),
          Map.entry("min_p", Kind.REAL),
          Map.entry("typical_p", Kind.REAL),
          Map.entry("repeat_last_n", Kind.WHOLE),
          Map.entry("temperature", Kind.REAL),
          Map.entry("repeat_penalty", Kind.REAL),
          Map.entry("presence_penalty", Kind.REAL),
          Map.entry("frequency_penalty", Kind.REAL),
          Map.entry("mirostat", Kind.WHOLE),
          Map.entry("mirostat_tau", Kind.REAL),
          Map.entry("mirostat_eta", Kind.REAL),
          Map.entry("stop", Kind.TEXTS));

  /// An answer without a limit ends after so many full contexts, as in Ollama.
  private static final int OPEN_ENDED_CONTEXTS = 10;

  private static final int NUM_KEEP = 4;

  private final Map<String, JsonNode> values = new HashMap<>();

  private Options() {}

  /// @param request null where it says nothing
  /// @throws Refused 500 with Ollama's words where a value has the wrong type
  static Options of(ObjectNode model, @Nullable JsonNode request) {
    Options options = new Options();
    options.take(model);
    if (request != null) {
      options.take(request);
    }
    return options;
  }

  private void take(JsonNode given) {
    given
        .properties()
        .forEach(entry -> {
          Kind kind = KINDS.get(entry.getKey());
          if (kind != null && !entry.getValue().isNull()) {
            check(entry.getKey(), kind, entry.getValue());
            values.put(entry.getKey(), entry.getValue());
          }
        });
  }

  private static void check(String key, Kind kind, JsonNode value) {
    boolean fits =
        switch (kind) {
          case WHOLE, REAL -> value.isNumber();
          case FLAG -> value.isBoolean();
          case TEXTS -> value.isArray();
        };
    if (!fits) {
      String wanted =
          switch (kind) {
            case WHOLE -> "integer";
            case REAL -> "float32";
            case FLAG -> "boolean";
            case TEXTS -> "array";
          };
      throw new Refused(500, "option \"" + key + "\" must be of type " + wanted);
    }
    if (kind == Kind.TEXTS) {
      value.forEach(item -> {
        if (!item.isTextual()) {
          throw new Refused(500, "option \"" + key + "\" must be of an array of strings");
        }
      });
    }
  }

  LoadOptions load() {
    return new LoadOptions(
        contextLength(),
        positive("num_batch"),
        maybe("num_gpu"),
        maybe("main_gpu"),
        positive("num_thread"),
        values.containsKey("use_mmap") ? values.get("use_mmap").booleanValue() : null);
  }

  /// Ollama lifts whatever is too short, nothing and less too, to the least that an engine takes.
  private @Nullable Integer contextLength() {
    Integer value = maybe("num_ctx");
    return value == null ? null : Math.max(1, value);
  }

  /// How long a text for a vector may be in tokens: what the request says, even below the least
  /// context.
  ///
  /// @param loaded the context of the runner
  int textLimit(int loaded) {
    Integer value = maybe("num_ctx");
    if (value == null) {
      return loaded;
    }
    return value > 0 ? Math.min(value, loaded) : Integer.MAX_VALUE;
  }

  private @Nullable Integer positive(String key) {
    Integer value = maybe(key);
    return value == null || value <= 0 ? null : value;
  }

  private @Nullable Integer maybe(String key) {
    JsonNode value = values.get(key);
    return value == null ? null : within32Bits(value);
  }

  /// What is beyond 32 bits stays large instead of becoming anything.
  private static int within32Bits(JsonNode number) {
    double value = Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, number.doubleValue()));
    return (int) value;
  }

  int numKeep() {
    return whole("num_keep", NUM_KEEP);
  }

  List<String> stop() {
    List<String> stops = new ArrayList<>();
    JsonNode given = values.get("stop");
    if (given != null) {
      given.forEach(stop -> stops.add(stop.textValue()));
    }
    return stops;
  }

  /// Writes them into a request to a runner, in llama-server's words.
  ///
  /// @param contextLength of the runner
  void write(ObjectNode request, int contextLength) {
    long most = (long) OPEN_ENDED_CONTEXTS * contextLength;
    int predict = whole("num_predict", -1);
    // Nothing and less mean: to its own end.
    request.put("n_predict", predict <= 0 || predict > most ? most : predict);
    request.put("n_keep", numKeep());
    request.put("temperature", real("temperature", 0.8));
    request.put("top_k", whole("top_k", 40));
    request.put("top_p", real("top_p", 0.9));
    request.put("min_p", real("min_p", 0));
    request.put("typical_p", real("typical_p", 1));
    request.put("repeat_penalty", real("repeat_penalty", 1));
    request.put("repeat_last_n", whole("repeat_last_n", 64));
    request.put("presence_penalty", real("presence_penalty", 0));
    request.put("frequency_penalty", real("frequency_penalty", 0));
    request.put("seed", seed());
    if (values.containsKey("mirostat")) {
      request.put("mirostat", whole("mirostat", 0));
      request.put("mirostat_tau", real("mirostat_tau", 5));
      request.put("mirostat_eta", real("mirostat_eta", 0.1));
    }
    ArrayNode stops = request.putArray("stop");
    stop().forEach(stops::add);
  }

  /// llama-server takes 32 bits, all of them set for any seed.
  private long seed() {
    JsonNode given = values.get("seed");
    return given == null ? -1 : given.longValue();
  }

  private int whole(String key, int usual) {
    JsonNode value = values.get(key);
    return value == null ? usual : within32Bits(value);
  }

  private double real(String key, double usual) {
    JsonNode value = values.get(key);
    return value == null ? usual : value.doubleValue();
  }
}
