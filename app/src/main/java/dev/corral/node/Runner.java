package dev.corral.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.corral.engine.Facts;
import dev.corral.engine.Lease;
import dev.corral.upstream.CallFailed;
import dev.corral.upstream.CallerLeft;
import dev.corral.upstream.Failure;
import dev.corral.upstream.Talk;
import dev.corral.upstream.Upstream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A leased runner as one answer uses it. For the virtual thread of that answer; a caller who
/// leaves ends whatever the runner does for it at once.
final class Runner implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final Map<String, String> HEADERS = Map.of("Content-Type", "application/json");

  /// How long the end of a process may take to be known behind the end of its connection:
  /// milliseconds, on a machine that has time for it.
  private static final Duration END_KNOWN = Duration.ofSeconds(10);

  private static final String STOPPED =
      "model runner has unexpectedly stopped, this may be due to resource limitations or an"
          + " internal error";
  private static final String BROKE = "an error was encountered while running the model: ";

  private final Upstream upstream;
  private final Lease lease;
  private final Object lock = new Object();
  private @Nullable Talk talk;
  private boolean left;

  Runner(Upstream upstream, Lease lease, Turn turn) {
    this.upstream = upstream;
    this.lease = lease;
    turn.onCancel(this::abandon);
  }

  Facts facts() {
    return lease.facts();
  }

  List<Integer> tokenize(String text, boolean addSpecial, boolean parseSpecial) {
    ObjectNode request = NODES.objectNode().put("content", text);
    request.put("add_special", addSpecial).put("parse_special", parseSpecial);
    List<Integer> ids = new ArrayList<>();
    ask("/tokenize", request).path("tokens").forEach(id -> ids.add(id.intValue()));
    return ids;
  }

  String detokenize(List<Integer> ids) {
    ObjectNode request = NODES.objectNode();
    ArrayNode tokens = request.putArray("tokens");
    ids.forEach(tokens::add);
    return ask("/detokenize", request).path("content").asText("");
  }

  /// A whole answer.
  ///
  /// @throws Refused with the runner's status and words, or what became of it
  JsonNode ask(String path, ObjectNode request) {
    try (Talk asked = answered(path, request)) {
      byte[] body = asked.body().readAllBytes();
      return JSON.readTree(body);
    } catch (CallFailed e) {
      throw died(STOPPED + ": ");
    } catch (IOException e) {
      throw new Refused(500, "the model's runner gave an answer that is no JSON");
    }
  }

  /// An answer in events, each told as it comes, until `to` has enough. Read to its end, so that
  /// the connection serves the next call.
  ///
  /// @param to returns false to end the generation
  void stream(String path, ObjectNode request, Wanted to) {
    boolean begun = false;
    boolean whole = false;
    try (Talk asked = answered(path, request)) {
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(asked.body(), StandardCharsets.UTF_8));
      begun = true;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("data: ")) {
          JsonNode event = JSON.readTree(line.substring("data: ".length()));
          if (event.hasNonNull("error")) {
            throw new Refused(500, BROKE + event.path("error").path("message").asText("unknown"));
          }
          if (!to.take(event)) {
            return;
          }
          whole |= event.path("stop").asBoolean();
        }
      }
      if (!whole) {
        throw died(BROKE);
      }
    } catch (CallFailed e) {
      throw died(begun ? BROKE : STOPPED + ": ");
    } catch (JsonProcessingException e) {
      throw new Refused(500, BROKE + "its runner sent something that is no JSON");
    } catch (IOException e) {
      throw died(BROKE);
    }
  }

  /// Takes events one after another.
  @FunctionalInterface
  interface Wanted {
    /// @return false once no more are wanted
    boolean take(JsonNode event) throws IOException;
  }

  /// Gives the runner back.
  @Override
  public void close() {
    lease.close();
  }

  private Talk begin(String path, ObjectNode request) {
    byte[] body = Turn.utf8(request.toString());
    synchronized (lock) {
      if (left) {
        throw new CallerLeft();
      }
      Talk begun = upstream.talk(lease.target(), "POST", path, HEADERS, body);
      talk = begun;
      return begun;
    }
  }

  /// The call once its head is there. A kept connection that the runner closed in the moment it was
  /// taken is no answer: then the call is made once more.
  private Talk answered(String path, ObjectNode request) throws IOException {
    Talk asked = begin(path, request);
    Talk.Head head;
    try {
      head = asked.head();
    } catch (CallFailed e) {
      if (!(e.failure() instanceof Failure.NoAnswer none && none.reused())) {
        throw e;
      }
      asked = begin(path, request);
      head = asked.head();
    }
    if (head.status() >= 400) {
      String said = new String(asked.body().readAllBytes(), StandardCharsets.UTF_8).strip();
      throw new Refused(head.status(), words(said));
    }
    return asked;
  }

  /// What a runner says of a wrong request, for people; the rest in JSON, as Ollama passes it on
  /// (recording `err-context-chat-noshift`).
  private static String words(String said) {
    try {
      JsonNode error = JSON.readTree(said).path("error");
      boolean wrong = error.path("type").asText("").equals("invalid_request_error");
      return wrong ? error.path("message").asText("") : said;
    } catch (JsonProcessingException e) {
      return said;
    }
  }

  private void abandon() {
    synchronized (lock) {
      left = true;
      if (talk != null) {
        talk.cancel();
      }
    }
  }

  /// The connection broke: because the caller left, or because the runner is no more.
  private RuntimeException died(String before) {
    synchronized (lock) {
      if (left) {
        return new CallerLeft();
      }
    }
    return new Refused(
        500,
        before
            + lease
                .awaitBroken(END_KNOWN)
                .map(problem -> problem.text())
                .orElse("its runner ended the answer before it was complete"));
  }
}
