package dev.corral.outbound;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import javax.net.ServerSocketFactory;

/// A server on loopback that answers each path with given bytes and remembers what it was asked.
final class Scripted implements AutoCloseable {
  /// Between two bytes of what drips.
  private static final long DROP = 20_000_000;

  private final ServerSocket listener;
  private final Map<String, String> answers = new ConcurrentHashMap<>();
  private final List<String> asked = Collections.synchronizedList(new ArrayList<>());

  Scripted() {
    this(ServerSocketFactory.getDefault());
  }

  Scripted(ServerSocketFactory factory) {
    try {
      listener = factory.createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  String origin() {
    return "http://127.0.0.1:" + port();
  }

  URI at(String path) {
    return URI.create(origin() + path);
  }

  /// The whole answer, head and body, `\n` for every line end of the head.
  void answers(String path, String answer) {
    int end = answer.indexOf("\n\n");
    String head = end < 0 ? answer : answer.substring(0, end).replace("\n", "\r\n") + "\r\n\r\n";
    answers.put(path, end < 0 ? head : head + answer.substring(end + 2));
  }

  void redirects(String path, String to) {
    answers(path, "HTTP/1.1 307 Go\nLocation: " + to + "\nContent-Length: 0\n\n");
  }

  void says(String path, String text) {
    answers(path, "HTTP/1.1 200 OK\nContent-Length: " + text.length() + "\n\n" + text);
  }

  /// Heads of all requests so far.
  List<String> asked() {
    return List.copyOf(asked);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        Thread.ofVirtual().start(() -> answer(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void answer(Socket socket) {
    try (socket) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
      StringBuilder head = new StringBuilder();
      for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
        head.append(line).append('\n');
      }
      asked.add(head.toString());
      String path = head.toString().split(" ", 3)[1];
      String answer = answers.getOrDefault(path, "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n");
      socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
      if (answer.endsWith("…stays open")) {
        in.read();
      }
      while (answer.endsWith("…drips")) {
        socket.getOutputStream().write('.');
        LockSupport.parkNanos(DROP);
      }
    } catch (IOException e) {
      // The client has left.
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
