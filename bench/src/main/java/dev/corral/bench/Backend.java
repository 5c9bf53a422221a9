package dev.corral.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A model server that costs little. The model's name says how it behaves:
///
/// - `fast`: one answer of about 300 bytes
/// - `stream-N-MS`: N tokens, one each MS milliseconds; each says its number and when it was
///   written (`System.nanoTime`, one clock for all processes of a machine)
/// - `silent`: nothing at all, until the caller leaves
///
/// `/left?id=` tells at which nanosecond the caller with that id in its prompt had gone; 0 while it
/// is there.
final class Backend {
  static final int PORT = 9301;

  private static final Pattern MODEL = Pattern.compile("\"model\":\"([^\"]*)\"");
  private static final Pattern ID = Pattern.compile("id:(\\d+)");
  private static final Pattern STREAM = Pattern.compile("stream-(\\d+)-(\\d+)");
  private static final String TAG =
      """
      {"name":"%s","model":"%s","modified_at":"2026-01-02T03:04:05Z","size":1,"digest":"1","details":{}}\
      """;
  private static final String ANSWER =
      """
      {"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"fast:latest","choices":[\
      {"index":0,"message":{"role":"assistant","content":"The air scatters the blue part of \
      sunlight more than the red."},"finish_reason":"stop"}],\
      "usage":{"prompt_tokens":42,"completion_tokens":13,"total_tokens":55}}\
      """;
  private static final String STREAM_HEAD =
      String.join(
          "\r\n",
          "HTTP/1.1 200 OK",
          "Content-Type: text/event-stream",
          "Transfer-Encoding: chunked",
          "",
          "");
  private static final String FRAME =
      "data: {\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":"
          + "{\"content\":\"%s\"},\"finish_reason\":%s}]}\n\n";

  private final Map<String, Long> left = new ConcurrentHashMap<>();

  /// Serves until the process is ended.
  public static void main(String[] args) throws IOException {
    try (ServerSocket listener = new ServerSocket(PORT, 4096, InetAddress.getLoopbackAddress())) {
      Backend backend = new Backend();
      while (true) {
        Socket socket = listener.accept();
        Thread.ofVirtual().start(() -> backend.serve(socket));
      }
    }
  }

  private void serve(Socket socket) {
    try (Pipe pipe = new Pipe(socket)) {
      while (true) {
        Pipe.Head head = pipe.head();
        answer(pipe, head, new String(pipe.body(head), StandardCharsets.US_ASCII));
      }
    } catch (IOException | InterruptedException e) {
      // The other end closed.
    }
  }

  private void answer(Pipe pipe, Pipe.Head head, String body)
      throws IOException, InterruptedException {
    if (head.first().startsWith("GET /left")) {
      String id = head.first().replaceAll("\\D*id=(\\d+) .*", "$1");
      whole(pipe, Long.toString(left.getOrDefault(id, 0L)));
    } else if (head.first().startsWith("GET")) {
      String models =
          TAG.formatted("fast:latest", "fast:latest") + "," + TAG.formatted("silent", "silent");
      whole(pipe, "{\"version\":\"0.33.0\",\"models\":[" + models + "]}");
    } else {
      generate(pipe, find(MODEL, body), body);
    }
  }

  private void generate(Pipe pipe, String model, String body)
      throws IOException, InterruptedException {
    Matcher stream = STREAM.matcher(model);
    String id = find(ID, body);
    try {
      if (model.startsWith("silent")) {
        pipe.awaitEnd();
        throw new IOException("it left");
      } else if (stream.find()) {
        frames(pipe, Integer.parseInt(stream.group(1)), Long.parseLong(stream.group(2)), id);
      } else {
        whole(pipe, ANSWER);
      }
    } catch (IOException e) {
      left.put(id, System.nanoTime());
      throw e;
    }
  }

  /// Somebody looks all the time whether the caller is still there, as a model server does.
  private void frames(Pipe pipe, int tokens, long gapMillis, String id)
      throws IOException, InterruptedException {
    if (!id.isEmpty()) {
      Thread.ofVirtual().start(() -> awaitLeaving(pipe, id));
    }
    pipe.send(Pipe.ascii(STREAM_HEAD));
    long begun = System.nanoTime();
    for (int i = 0; i < tokens; i++) {
      long due = begun + i * gapMillis * 1_000_000 - System.nanoTime();
      if (due > 0) {
        Thread.sleep(due / 1_000_000, (int) (due % 1_000_000));
      }
      chunk(pipe, FRAME.formatted(i + "@" + System.nanoTime() + " ", "null"));
    }
    chunk(pipe, FRAME.formatted("", "\"stop\""));
    chunk(pipe, "data: [DONE]\n\n");
    pipe.send(Pipe.ascii("0\r\n\r\n"));
  }

  private void awaitLeaving(Pipe pipe, String id) {
    try {
      pipe.awaitEnd();
    } catch (IOException e) {
      // Gone in either way.
    }
    left.putIfAbsent(id, System.nanoTime());
  }

  private static void whole(Pipe pipe, String body) throws IOException {
    pipe.send(
        Pipe.ascii(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
                + body.length()
                + "\r\n\r\n"
                + body));
  }

  private static void chunk(Pipe pipe, String text) throws IOException {
    pipe.send(Pipe.ascii(Integer.toHexString(text.length()) + "\r\n" + text + "\r\n"));
  }

  private static String find(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    return matcher.find() ? matcher.group(1) : "";
  }
}
