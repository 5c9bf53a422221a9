package dev.corral.cli;

import dev.corral.config.Sources;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;

/// Does once what people do, so that the JVM can write down which classes that takes (the
/// launcher's training run for the AOT cache).
@Command(name = "training", hidden = true)
final class Training extends Verb {
  private static final String MODEL =
      """
      {"name":"training:latest","model":"training:latest","modified_at":"2026-01-02T03:04:05.6+01:00",\
      "size":1234567890,"digest":"0123456789abcdef","details":{"family":"llama"},\
      "expires_at":"2026-01-02T03:04:05Z","size_vram":0,"context_length":4096}\
      """;

  /// What the double answers to every path: enough for each verb to print something.
  private static final String ANSWER =
      "{\"models\":["
          + MODEL
          + "],\"details\":{\"family\":\"llama\"},\"capabilities\":[\"completion\"],"
          + "\"model_info\":{},\"parameters\":\"\",\"status\":\"success\"}";

  @Override
  void run() {
    try (ServerSocket listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(() -> answerAll(listener));
      String url = "http://127.0.0.1:" + listener.getLocalPort();
      for (String verb : List.of("list", "ps", "show training", "version", "list --json", "help")) {
        String[] words = (verb + " --url " + url).split(" ", -1);
        Cli.run(words, silent());
      }
      // Without an address, the configuration says where the server is.
      Path home = Files.createDirectories(root().home());
      Files.writeString(
          home.resolve(Sources.FILE), "server: {port: " + listener.getLocalPort() + "}\n");
      Cli.run(new String[] {"list", "--home", home.toString()}, silent());
    } catch (IOException e) {
      throw new IllegalStateException("loopback does not work", e);
    }
  }

  private Surroundings silent() {
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    Screen screen = new Screen(nowhere, nowhere, false, true, true, true);
    return new Surroundings(
        screen,
        InputStream.nullInputStream(),
        Map.of(),
        Path.of(""),
        new Program(_ -> {}, root().surroundings().program().settings()));
  }

  private static void answerAll(ServerSocket listener) {
    while (!listener.isClosed()) {
      try (Socket socket = listener.accept()) {
        answer(socket);
      } catch (IOException e) {
        return;
      }
    }
  }

  private static void answer(Socket socket) throws IOException {
    BufferedReader head =
        new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
    for (String line = head.readLine(); line != null && !line.isEmpty(); line = head.readLine()) {
      // Only the end of the head matters.
    }
    byte[] body = ANSWER.getBytes(StandardCharsets.UTF_8);
    String answer =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: "
            + body.length
            + "\r\n\r\n";
    socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().write(body);
    socket.getOutputStream().flush();
  }
}
