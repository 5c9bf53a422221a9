package dev.corral.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/// A server that answers a recorded request with the recorded answer: status, headers in their
/// order, and the body in its recorded chunks. Only what belongs to the connection is of today:
/// `Connection` follows the request, and a `Content-Length` fits the body where the text was
/// masked.
///
/// ```java
/// try (RecordedNode node = RecordedNode.builder().live(TestModel.says("markov-a", "")).start()) {
///   node.play(Recording.of(Recording.V0_33, "chat-stream"));
/// }
/// ```
///
/// A request matches a recording by method, target and body; where the file does not show the body,
/// by its size. With [Builder#live(TestModel...)] everything else is answered by a lively Ollama
/// with those models, so that a gateway finds a healthy node; then a recording answers only
/// requests that carry its `User-Agent`, and the gateway's own probes go to the lively one.
public final class RecordedNode extends Node {
  private final List<Recording> playing = new CopyOnWriteArrayList<>();
  private final List<Received> unmatched = new CopyOnWriteArrayList<>();
  private final Optional<OllamaApi> live;

  private RecordedNode(Builder builder) {
    super(builder.port);
    playing.addAll(builder.recordings);
    if (builder.alive) {
      ModelTable models = new ModelTable();
      models.putAll(builder.models);
      live = Optional.of(new OllamaApi(new Talk(models, Pace.INSTANT), builder.version));
    } else {
      live = Optional.empty();
    }
    open();
  }

  /// A node that answers these recordings and 404 for the rest.
  public static RecordedNode start(List<Recording> recordings) {
    return builder().recordings(recordings).start();
  }

  public static Builder builder() {
    return new Builder();
  }

  /// How a node is to be.
  public static final class Builder {
    private int port;
    private boolean alive;
    private String version = OllamaNode.VERSION;
    private List<TestModel> models = List.of();
    private final List<Recording> recordings = new ArrayList<>();

    private Builder() {}

    public Builder port(int number) {
      port = number;
      return this;
    }

    public Builder recordings(List<Recording> more) {
      recordings.addAll(more);
      return this;
    }

    /// What no recording answers is answered by a lively Ollama with these models.
    public Builder live(TestModel... known) {
      alive = true;
      models = List.of(known);
      return this;
    }

    /// The version that the lively one tells.
    public Builder version(String text) {
      version = text;
      return this;
    }

    public RecordedNode start() {
      return new RecordedNode(this);
    }
  }

  /// From now on only this recording is played.
  public void play(Recording recording) {
    playing.clear();
    playing.add(recording);
  }

  /// Requests that no recording answered, in their order.
  public List<Received> unmatched() {
    return List.copyOf(unmatched);
  }

  @Override
  void answer(Exchange exchange, Reply reply) {
    Received request = exchange.request();
    Optional<Recording> found = playing.stream().filter(one -> matches(one, request)).findFirst();
    if (found.isPresent()) {
      replay(found.get(), exchange, reply.wire());
      return;
    }
    unmatched.add(request);
    if (live.isEmpty()) {
      throw ApiError.of(404, "no recording for " + request.method() + " " + request.target());
    }
    live.get().answer(exchange, reply);
  }

  private boolean matches(Recording recording, Received request) {
    boolean body =
        recording.repeatable()
            ? recording.requestBody().equals(request.body())
            : recording.hiddenRequestBytes() == request.body().size();
    Optional<String> agent = recording.requestHeaders().first("User-Agent");
    return body
        && recording.method().equals(request.method())
        && recording.target().equals(request.target())
        && (live.isEmpty() || agent.equals(request.headers().first("User-Agent")));
  }

  private static void replay(Recording recording, Exchange exchange, Wire wire) {
    if (recording.status() == 0) {
      exchange.pause(Fault.FOREVER);
      throw wire.cut(false);
    }
    byte[] head = Wire.verbatim(recording.status(), headers(recording, exchange.request()));
    if (!recording.chunked()) {
      wire.finish(Wire.join(head, recording.responseBody().unsafe()));
      return;
    }
    wire.write(head);
    for (Body piece : recording.pieces()) {
      wire.write(Wire.chunk(piece.unsafe()));
      exchange.frameSent();
    }
    if (!recording.terminated()) {
      throw wire.cut(false);
    }
    wire.finish(Wire.lastChunk());
  }

  private static Headers headers(Recording recording, Received request) {
    boolean closing = request.headers().says("Connection", "close");
    boolean bodiless = recording.method().equals("HEAD");
    List<Headers.Header> lines = new ArrayList<>();
    for (Headers.Header line : recording.responseHeaders().lines()) {
      if (line.name().equalsIgnoreCase("Connection") && !closing) {
        continue;
      }
      boolean length = line.name().equalsIgnoreCase("Content-Length") && !bodiless;
      String actual = Integer.toString(recording.responseBody().size());
      lines.add(length ? new Headers.Header(line.name(), actual) : line);
    }
    return new Headers(lines);
  }
}
