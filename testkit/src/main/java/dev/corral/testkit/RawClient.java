package dev.corral.testkit;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A blocking HTTP/1.1 client on one plain socket, for tests that care about bytes: it sends what
/// it is given, tells when each chunk arrived, and can leave as rudely as a client can. Not
/// thread-safe, except for [#reset()] and [#close()]. Every read ends after a time-out with an
/// [AssertionError].
///
/// ```java
/// try (RawClient client = RawClient.connect(node.port())) {
///   client.post("/api/chat", "{\"model\":\"markov-a\",\"messages\":[]}");
///   Answer answer = client.answer();
/// }
/// ```
public final class RawClient implements AutoCloseable {
  /// Enough for anything on loopback that is not stuck.
  public static final Duration PATIENCE = Await.LONG;

  private static final int READ = 1 << 16;
  private static final int LARGE = 1 << 20;

  /// Status line and headers.
  public record Head(int status, Headers headers, long atNanos) {}

  private final Socket socket;
  private final HttpReader in;
  private String method = "GET";

  private RawClient(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new HttpReader(socket.getInputStream());
  }

  /// Connects to a port of loopback.
  public static RawClient connect(int port) {
    return connect(port, PATIENCE, 0);
  }

  /// Connects to a port of loopback.
  ///
  /// @param patience time-out of every read
  /// @param receiveBuffer bytes that the kernel takes while nobody reads; 0: its default
  public static RawClient connect(int port, Duration patience, int receiveBuffer) {
    Socket socket = new Socket();
    try {
      if (receiveBuffer > 0) {
        socket.setReceiveBufferSize(receiveBuffer);
      }
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(Math.toIntExact(patience.toMillis()));
      socket.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
          Math.toIntExact(PATIENCE.toMillis()));
      return new RawClient(socket);
    } catch (IOException refused) {
      closeQuietly(socket);
      throw new UncheckedIOException("Cannot connect to port " + port, refused);
    }
  }

  /// One request on a connection of its own.
  public static Answer get(int port, String path) {
    try (RawClient client = connect(port)) {
      return client.request("GET", path, Headers.of("Connection", "close"), Body.EMPTY).answer();
    }
  }

  /// One JSON request on a connection of its own.
  public static Answer post(int port, String path, String json) {
    try (RawClient client = connect(port)) {
      return client.post(path, json).answer();
    }
  }

  // --- sending ---

  /// Sends a well-formed request. `Host` and, with a body, `Content-Length` are added where
  /// `headers` lack them.
  public RawClient request(String verb, String path, Headers headers, Body body) {
    Headers all = headers;
    if (!all.has("Host")) {
      all = all.with("Host", "127.0.0.1:" + socket.getPort());
    }
    if (body.size() > 0 && !all.has("Content-Length") && !all.has("Transfer-Encoding")) {
      all = all.with("Content-Length", Integer.toString(body.size()));
    }
    method = verb;
    byte[] head = Wire.ascii(verb + " " + path + " HTTP/1.1\r\n" + all.wire() + "\r\n");
    // Small requests leave in one piece; of large ones no copy is made.
    return body.size() > LARGE
        ? send(head).send(body.unsafe())
        : send(Wire.join(head, body.unsafe()));
  }

  /// Sends a JSON request; the connection may be used again.
  public RawClient post(String path, String json) {
    return request("POST", path, Headers.of("Content-Type", "application/json"), Body.of(json));
  }

  /// Sends these bytes, whatever they are.
  public RawClient send(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
      return this;
    } catch (IOException gone) {
      throw new UncheckedIOException("The other side takes no more bytes", gone);
    }
  }

  /// Sends this text, each character as one byte.
  public RawClient send(String text) {
    return send(Wire.ascii(text));
  }

  // --- reading ---

  /// Reads status line and headers.
  public Head readHead() {
    try {
      return head();
    } catch (IOException cut) {
      throw failed("a head", cut);
    }
  }

  private Head head() throws IOException {
    String line = in.line();
    if (line == null) {
      throw new EOFException("The connection was closed before the first byte of an answer");
    }
    String[] words = line.split(" ", 3);
    if (words.length < 2 || !words[0].startsWith("HTTP/1.")) {
      throw new ProtocolException("Not a status line: " + line);
    }
    Head head = new Head(Integer.parseInt(words[1]), in.headers(), System.nanoTime());
    return head.status() == 100 ? head() : head;
  }

  /// Reads one chunk of a chunked body; empty for the last one.
  public Optional<Answer.Chunk> readChunk() {
    try {
      return chunk();
    } catch (IOException cut) {
      throw failed("a chunk", cut);
    }
  }

  private Optional<Answer.Chunk> chunk() throws IOException {
    byte[] bytes = in.chunk();
    return bytes == null
        ? Optional.empty()
        : Optional.of(new Answer.Chunk(Body.of(bytes), System.nanoTime()));
  }

  /// Reads so many raw bytes.
  public Body readBytes(int count) {
    try {
      return Body.of(in.exactly(count));
    } catch (IOException cut) {
      throw failed(count + " bytes", cut);
    }
  }

  /// Waits for the other side to close or reset, reading and dropping what still comes.
  public Answer.Ending awaitClose() {
    try {
      byte[] dropped = in.some(READ);
      while (dropped != null) {
        dropped = in.some(READ);
      }
      return Answer.Ending.CLOSED_EARLY;
    } catch (SocketTimeoutException silent) {
      throw failed("the end of the connection", silent);
    } catch (IOException reset) {
      return Answer.Ending.RESET;
    }
  }

  /// Reads a whole answer, or as much of it as comes.
  ///
  /// @throws AssertionError when nothing comes for the time of a read
  public Answer answer() {
    List<Answer.Chunk> chunks = new ArrayList<>();
    Head head = null;
    Answer.Ending ending = Answer.Ending.COMPLETE;
    try {
      head = head();
      body(head, chunks);
    } catch (SocketTimeoutException silent) {
      throw failed("more of an answer", silent);
    } catch (SocketException reset) {
      ending = Answer.Ending.RESET;
    } catch (IOException closed) {
      ending = Answer.Ending.CLOSED_EARLY;
    }
    return answer(head, chunks, ending);
  }

  private static Answer answer(
      @Nullable Head head, List<Answer.Chunk> chunks, Answer.Ending ending) {
    Body body = Body.join(chunks.stream().map(Answer.Chunk::bytes).toList());
    return head == null
        ? new Answer(0, Headers.of(), body, List.copyOf(chunks), 0, ending)
        : new Answer(
            head.status(), head.headers(), body, List.copyOf(chunks), head.atNanos(), ending);
  }

  private void body(Head head, List<Answer.Chunk> chunks) throws IOException {
    boolean bodiless = method.equals("HEAD") || head.status() == 204 || head.status() == 304;
    if (bodiless) {
      return;
    }
    if (head.headers().says("Transfer-Encoding", "chunked")) {
      Optional<Answer.Chunk> chunk = chunk();
      while (chunk.isPresent()) {
        chunks.add(chunk.get());
        chunk = chunk();
      }
      return;
    }
    Optional<String> length = head.headers().first("Content-Length");
    long left = length.map(Long::parseLong).orElse(Long.MAX_VALUE);
    while (left > 0) {
      byte[] bytes = in.some((int) Math.min(left, READ));
      if (bytes == null && length.isPresent()) {
        throw new EOFException("The connection was closed with " + left + " bytes missing");
      }
      if (bytes == null) {
        return;
      }
      left -= bytes.length;
      chunks.add(new Answer.Chunk(Body.of(bytes), System.nanoTime()));
    }
  }

  private static AssertionError failed(String wanted, IOException cause) {
    return new AssertionError("Waited for " + wanted + " and got: " + cause.getMessage(), cause);
  }

  // --- leaving ---

  /// Closes the sending side only: the other side reads an end and may still answer.
  public void halfClose() {
    try {
      socket.shutdownOutput();
    } catch (IOException gone) {
      throw new UncheckedIOException("The connection is gone already", gone);
    }
  }

  /// Leaves with a reset, as a killed process or a crashed machine does.
  ///
  /// @return [System#nanoTime()] just before
  public long reset() {
    long now = System.nanoTime();
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException gone) {
      // Already closed, which is what was wanted.
    }
    return now;
  }

  @Override
  public void close() {
    closeQuietly(socket);
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException gone) {
      // Already closed, which is what was wanted.
    }
  }
}
