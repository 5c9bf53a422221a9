package dev.corral.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.corral.blobs.Folders;
import dev.corral.blobs.Store;
import dev.corral.blobs.StoreFailure;
import dev.corral.engine.Facts;
import dev.corral.engine.Granted;
import dev.corral.engine.Lease;
import dev.corral.engine.Load;
import dev.corral.engine.Runners;
import dev.corral.engine.Running;
import dev.corral.gguf.Gguf;
import dev.corral.gguf.GgufWriter;
import dev.corral.model.Layer;
import dev.corral.model.Manifest;
import dev.corral.model.ModelName;
import dev.corral.testkit.LlamaServerDouble;
import dev.corral.testkit.TestModel;
import dev.corral.upstream.Talk;
import dev.corral.upstream.Target;
import dev.corral.upstream.Upstream;
import dev.corral.wire.Problem;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/// The own node on a store of its own, with a double of llama-server as its one runner.
final class Desks implements AutoCloseable, Runners {
  /// ChatML, with a place for tools and one for thinking.
  static final String CHATML =
      "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
          + "<|im_start|>assistant{{ '\n' }}";

  static final String THINKS =
      CHATML + "{% if enable_thinking is false %}<think></think>{% endif %}";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> TOKENS =
      List.of("<unk>", "<s>", "<|im_start|>", "<|im_end|>", " word");
  private static final List<Integer> TYPES = List.of(2, 3, 3, 3, 1);

  final LlamaServerDouble runner;
  final List<Load> loads = new CopyOnWriteArrayList<>();
  final List<String> unloaded = new CopyOnWriteArrayList<>();
  final CompletableFuture<Problem> broken = new CompletableFuture<>();
  final CompletableFuture<Granted> waiting = new CompletableFuture<>();
  final AtomicInteger closed = new AtomicInteger();
  volatile Facts.Kind kind = Facts.Kind.OURS;
  volatile boolean keepsWaiting;

  private final int context;
  private final Vertx vertx = Vertx.vertx();
  private final Upstream upstream = new Upstream(vertx);
  private final Store store;

  /// @param context tokens of one request
  Desks(Path folder, TestModel says, int context) {
    this.context = context;
    runner = LlamaServerDouble.start(LlamaServerDouble.Settings.of(says).size(context, 1));
    try {
      store = Store.open(Folders.own(folder.resolve("models")), _ -> {});
    } catch (StoreFailure e) {
      throw new IllegalStateException(e);
    }
    Desk desk = new Desk(new Library(store), this, upstream, Clock.systemUTC());
    Chat chat = new Chat(desk);
    Generate generate = new Generate(desk);
    Embed embed = new Embed(desk);
    upstream.serve(
        "own",
        new OwnNode(
            List.of(
                OwnNode.plain(),
                chat.routes(),
                generate.routes(),
                embed.routes(),
                new Loaded(desk).routes(),
                new V1(chat, generate, embed).routes())));
  }

  /// A model whose file says that it speaks by this Jinja template.
  Desks model(String name, String jinja) {
    return model(name, Map.of("chat_template", jinja), Map.of());
  }

  /// @param file further text keys behind `tokenizer.`; `pooling` makes it one for vectors
  /// @param texts layers by media type; `config` for members of the config
  Desks model(String name, Map<String, String> file, Map<String, String> texts) {
    GgufWriter gguf = new GgufWriter().text(Gguf.ARCHITECTURE, "llama");
    gguf.whole("llama.context_length", 4096).text("tokenizer.ggml.model", "gpt2");
    gguf.texts(Gguf.TOKENS, TOKENS).wholes(Gguf.TOKEN_TYPES, TYPES);
    file.forEach((key, value) -> {
      if (key.equals("pooling")) {
        gguf.whole("llama.pooling_type", 1);
      } else {
        gguf.text("tokenizer." + key, value);
      }
    });
    try {
      List<Layer> layers = new ArrayList<>();
      layers.add(store.put(Layer.MODEL, gguf.header()));
      for (Map.Entry<String, String> text : texts.entrySet()) {
        if (!text.getKey().equals("config")) {
          layers.add(store.put(text.getKey(), text.getValue().getBytes(UTF_8)));
        }
      }
      String config = texts.getOrDefault("config", "{\"model_format\":\"gguf\"}");
      Layer made = store.put(Layer.CONFIG, config.getBytes(UTF_8));
      byte[] manifest = new Manifest(made, layers).json();
      store.publish(ModelName.parse(name).orElseThrow(), manifest);
    } catch (StoreFailure e) {
      throw new IllegalStateException(e);
    }
    return this;
  }

  /// @param text of the whole answer
  record Said(int status, String type, String text) {
    List<JsonNode> lines() {
      return text.lines().map(Desks::json).toList();
    }

    JsonNode json() {
      return Desks.json(text);
    }
  }

  Said ask(String path, String body) {
    return ask(path, body, Map.of());
  }

  Said ask(String path, String body, Map<String, String> headers) {
    try (Talk talk = begin(path, body, headers)) {
      Talk.Head head = talk.head();
      String text = new String(talk.body().readAllBytes(), UTF_8);
      return new Said(head.status(), head.headers().getOrDefault("content-type", ""), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Talk begin(String path, String body, Map<String, String> headers) {
    String method = body.isEmpty() ? "GET" : "POST";
    return upstream.talk(
        Target.inside("own"), method, path, headers, body.replace('\'', '"').getBytes(UTF_8));
  }

  /// What the runner was asked last to write.
  JsonNode asked() {
    return json(runner.exchanges("/completion").getLast().request().body().text());
  }

  static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public CompletableFuture<Granted> lease(Load load) {
    loads.add(load);
    if (!keepsWaiting) {
      boolean embeds = load.name().startsWith("embed");
      Target target = Target.parse("runner", runner.url().toString(), "");
      Facts facts = new Facts(context, 4096, 1, 0, embeds, kind, List.of(), "");
      return CompletableFuture.completedFuture(
          new Lease(target, facts, broken, closed::incrementAndGet));
    }
    return waiting;
  }

  @Override
  public List<Running> running() {
    return List.of();
  }

  @Override
  public boolean unload(String name) {
    return unloaded.add(name);
  }

  @Override
  public void close() {
    upstream.close();
    runner.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
    try {
      store.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
