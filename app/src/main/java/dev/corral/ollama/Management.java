package dev.corral.ollama;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.corral.model.Digest;
import dev.corral.upstream.CallFailed;
import dev.corral.upstream.Talk;
import dev.corral.upstream.Target;
import dev.corral.upstream.Upstream;
import dev.corral.wire.Via;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Changes what lies on one Ollama node: pull, copy, delete, upload, and the looks that go with
/// them. Blocking; for virtual threads. Shapes: reference/ollama.md section 3.
public final class Management {
  /// A look or a change of names takes milliseconds (reference/ollama-live.md items 2 and 39).
  private static final Duration QUICK = Duration.ofSeconds(30);

  /// A listing of a thousand models takes about 700 kB; a `show` of a model with a large licence
  /// less.
  private static final int MOST_BYTES = 16 << 20;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Upstream upstream;
  private final String instance;
  private final Consumer<Runnable> begun;

  /// @param instance this program's id, by which a node that leads back to us is recognised
  public Management(Upstream upstream, String instance) {
    this(upstream, instance, _ -> {});
  }

  private Management(Upstream upstream, String instance, Consumer<Runnable> begun) {
    this.upstream = upstream;
    this.instance = instance;
    this.begun = begun;
  }

  /// The same for somebody who may want to end a call.
  ///
  /// @param told as each call begins, how to end it: from whatever thread, and harmless afterwards
  public Management telling(Consumer<Runnable> told) {
    return new Management(upstream, instance, told);
  }

  /// What a call came to.
  public sealed interface Reply {
    /// What went wrong, a clause for people; empty where it went well.
    default Optional<String> problem() {
      return switch (this) {
        case Silent silent -> Optional.of(silent.why());
        case Told told when told.good() -> Optional.empty();
        case Told told when told.error().isEmpty() ->
            Optional.of("it answered with status " + told.status());
        case Told told -> Optional.of(told.error());
      };
    }

    /// @param tree the body as JSON; missing where it is none
    record Told(int status, JsonNode tree) implements Reply {
      public boolean good() {
        return status / 100 == 2;
      }

      /// The node's words of refusal; empty where it has none.
      public String error() {
        return tree.path("error").asText("");
      }
    }

    /// Nobody answered, or not in time.
    ///
    /// @param why for people, without the address
    record Silent(String why) implements Reply {}
  }

  /// The models on its disk, those that Corral hides among them.
  public Reply tags(Target target) {
    return ask(target, "GET", "/api/tags", new byte[0], QUICK);
  }

  public Reply show(Target target, String name) {
    return ask(target, "POST", "/api/show", body(named(name)), QUICK);
  }

  public Reply delete(Target target, String name) {
    return ask(target, "DELETE", "/api/delete", body(named(name)), QUICK);
  }

  /// Gives a model a second name, which overwrites what had it (reference/ollama-live.md item 26).
  public Reply copy(Target target, String from, String to) {
    ObjectNode ask = JSON.createObjectNode().put("source", from).put("destination", to);
    return ask(target, "POST", "/api/copy", body(ask), QUICK);
  }

  /// Brings a model into memory and asks nothing of it.
  ///
  /// @param embeds true for one that makes vectors only
  public Reply load(Target target, String name, boolean embeds, Duration within) {
    return touch(target, named(name), embeds, within);
  }

  /// Takes a model out of memory.
  ///
  /// @param embeds true for one that makes vectors only
  public Reply unload(Target target, String name, boolean embeds, Duration within) {
    return touch(target, named(name).put("keep_alive", 0), embeds, within);
  }

  private Reply touch(Target target, ObjectNode ask, boolean embeds, Duration within) {
    if (embeds) {
      ask.putArray("input");
    } else {
      ask.put("stream", false);
    }
    return ask(target, "POST", embeds ? "/api/embed" : "/api/generate", body(ask), within);
  }

  /// Has a model say one token, or make one vector.
  ///
  /// @param embeds true for one that makes vectors only
  /// @return why it did not, a clause for people; empty where it did
  public Optional<String> answer(Target target, String name, boolean embeds, Duration within) {
    ObjectNode ask = named(name);
    if (embeds) {
      ask.put("input", "Hi");
    } else {
      ask.put("prompt", "Hi").put("stream", false).putObject("options").put("num_predict", 1);
    }
    String path = embeds ? "/api/embed" : "/api/generate";
    Reply reply = ask(target, "POST", path, body(ask), within);
    return reply instanceof Reply.Told told && told.good() && !said(told.tree())
        ? Optional.of("it loads, and answers nothing")
        : reply.problem();
  }

  /// A token may be half a letter, or part of a thought: then only the count tells of it.
  private static boolean said(JsonNode tree) {
    return tree.path("eval_count").asLong() > 0
        || !tree.path("response").asText().isEmpty()
        || !tree.path("embeddings").path(0).isEmpty();
  }

  /// What a model can, by the answer of [#show].
  ///
  /// @return true for one that makes vectors only
  public static boolean embeds(JsonNode shown) {
    List<String> able = new ArrayList<>();
    shown.path("capabilities").forEach(one -> able.add(one.asText()));
    return able.contains("embedding") && !able.contains("completion");
  }

  public Reply hasBlob(Target target, Digest digest) {
    return ask(target, "HEAD", "/api/blobs/" + digest, new byte[0], QUICK);
  }

  /// Gives the node a blob.
  ///
  /// @param size of the whole blob
  /// @param bytes read to their end
  public Reply upload(Target target, Digest digest, long size, InputStream bytes, Duration within) {
    Talk talk = upstream.talk(target, "POST", "/api/blobs/" + digest, headers(), bytes, size);
    return told(talk, within);
  }

  /// Begins a pull on the node, which goes on for as long as somebody listens.
  ///
  /// @param name as the node shall read it, with `http://` in front where the registry speaks that
  /// @param insecure accept a registry without a right certificate
  public PullLines pull(Target target, String name, boolean insecure) {
    ObjectNode ask = named(name).put("stream", true);
    if (insecure) {
      ask.put("insecure", true);
    }
    Talk talk = upstream.talk(target, "POST", "/api/pull", headers(), body(ask));
    begun.accept(talk::cancel);
    return new PullLines(talk);
  }

  private Reply ask(Target target, String method, String path, byte[] body, Duration within) {
    return told(upstream.talk(target, method, path, headers(), body), within);
  }

  private Reply told(Talk talk, Duration within) {
    begun.accept(talk::cancel);
    CompletableFuture<Void> late =
        CompletableFuture.runAsync(
            talk::cancel,
            CompletableFuture.delayedExecutor(within.toMillis(), TimeUnit.MILLISECONDS));
    try (talk) {
      Talk.Head head = talk.head();
      byte[] bytes = talk.body().readNBytes(MOST_BYTES);
      return new Reply.Told(head.status(), tree(bytes));
    } catch (CallFailed e) {
      return new Reply.Silent(e.failure().why());
    } catch (IOException e) {
      return new Reply.Silent("the connection broke off");
    } finally {
      late.cancel(false);
    }
  }

  private static JsonNode tree(byte[] bytes) {
    try {
      return JSON.readTree(new String(bytes, StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      return JSON.missingNode();
    }
  }

  private Map<String, String> headers() {
    Map<String, String> headers = new HashMap<>();
    headers.put(Via.HEADER, instance);
    headers.put("Accept", "application/json");
    headers.put("Content-Type", "application/json");
    return headers;
  }

  private static ObjectNode named(String name) {
    return JSON.createObjectNode().put("model", name);
  }

  private static byte[] body(ObjectNode tree) {
    return tree.toString().getBytes(StandardCharsets.UTF_8);
  }

  static Optional<JsonNode> line(String text) {
    try {
      return Optional.ofNullable(JSON.readTree(text)).filter(JsonNode::isObject);
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }
}
