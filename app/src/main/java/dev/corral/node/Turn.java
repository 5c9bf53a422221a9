package dev.corral.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.dialect.ErrorBody;
import dev.corral.dialect.Fields;
import dev.corral.dialect.GoJson;
import dev.corral.model.Dialect;
import dev.corral.upstream.Asked;
import dev.corral.upstream.Reply;
import dev.corral.wire.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One request and its answer. Belongs to the virtual thread that handles it.
public final class Turn {
  private static final String JSON = "application/json; charset=utf-8";
  private static final String EVENTS = "text/event-stream";

  private final Asked asked;
  private final Reply reply;
  private final Dialect dialect;
  private final String parameter;
  private @Nullable Frames frames;
  private boolean begun;
  private boolean prepared;

  Turn(Asked asked, Reply reply, Dialect dialect, String parameter) {
    this.asked = asked;
    this.reply = reply;
    this.dialect = dialect;
    this.parameter = parameter;
  }

  /// The request as it came.
  public Asked asked() {
    return asked;
  }

  public Dialect dialect() {
    return dialect;
  }

  /// What stands for the `*` in the route's path.
  public String parameter() {
    return parameter;
  }

  /// The bytes of the request's body.
  public InputStream body() {
    return asked.body();
  }

  /// The JSON object of the request's body.
  ///
  /// @param struct the Go type that Ollama reads it into, for the text of an error: `ShowRequest`
  public Fields fields(String struct) throws IOException {
    byte[] body = asked.body().readAllBytes();
    if (body.length == 0) {
      throw new Refused(400, dialect == Dialect.OLLAMA ? "missing request body" : "EOF");
    }
    return Fields.read(struct, body);
  }

  /// A whole answer.
  public void json(int status, JsonNode body) {
    whole(status, JSON, GoJson.bytes(body));
  }

  /// A whole answer as Ollama's compatibility layers write it: without a charset, with a line's
  /// end.
  void line(JsonNode body) {
    whole(200, "application/json", utf8(GoJson.text(body) + "\n"));
  }

  public void empty(int status) {
    begun = true;
    reply.head(status, Map.of("Content-Length", "0"));
    reply.end();
  }

  /// An answer in JSON lines. Its head is sent with the first of them, so that until then an error
  /// still has a status.
  public Frames frames() {
    Frames made = new Frames(this, Map.of("Content-Type", "application/x-ndjson"));
    frames = made;
    return made;
  }

  /// An answer in Server-Sent Events.
  ///
  /// @param fresh with the word that nobody may keep it, as some of Ollama's streams have it
  Frames events(boolean fresh) {
    Map<String, String> headers =
        fresh
            ? Map.of("Content-Type", EVENTS, "Cache-Control", "no-cache")
            : Map.of("Content-Type", EVENTS);
    Frames made = new Frames(this, headers);
    frames = made;
    return made;
  }

  /// The answer is on its way: from here on Ollama tells errors without a charset.
  void prepared() {
    prepared = true;
  }

  /// Run on another thread when the caller leaves before the answer's end; at once where it has
  /// left.
  public void onCancel(Runnable action) {
    reply.onCancel(action);
  }

  /// A body that is not what the call takes.
  void unread(String text) {
    ErrorBody body = ErrorBody.unread(dialect, text);
    whole(400, body.contentType(), body.bytes());
  }

  void refuse(Refused no) {
    Frames open = frames;
    if (open != null && open.begun()) {
      open.fail(no);
    } else if (begun) {
      reply.cut(no.text());
    } else if (dialect == Dialect.PLAIN) {
      whole(no.status(), "text/plain", utf8(no.text()));
    } else {
      ErrorBody body = ErrorBody.render(dialect, Problem.of(no.status(), no.text()));
      String type = prepared && dialect == Dialect.OLLAMA ? "application/json" : body.contentType();
      whole(no.status(), type, body.bytes());
    }
  }

  Reply reply() {
    return reply;
  }

  /// A whole answer whose type or line end is not the usual one.
  void whole(int status, String type, byte[] body) {
    begun = true;
    reply.head(
        status, Map.of("Content-Type", type, "Content-Length", Integer.toString(body.length)));
    if (!asked.method().equals("HEAD")) {
      reply.write(body);
    }
    reply.end();
  }

  /// The path's text without anything that does not belong into a log.
  @Override
  public String toString() {
    return asked.method() + " " + asked.path();
  }

  static byte[] utf8(String text) {
    return text.getBytes(UTF_8);
  }
}
