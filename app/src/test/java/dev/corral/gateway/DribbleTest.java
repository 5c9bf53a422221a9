package dev.corral.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.RunningCorral;
import dev.corral.testkit.Answer;
import dev.corral.testkit.RawClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A backend whose bytes come one by one, so that events, marks and characters are all cut: the
/// caller sees what it would have seen of whole ones.
class DribbleTest {
  private static final String TEXT = "hé 🦙 …";
  private static final String EVENTS =
      event("{\"role\":\"assistant\",\"content\":\"hé \"}", "null")
          + event("{\"content\":\"🦙 \"}", "null")
          + event("{\"content\":\"…\"}", "null")
          + event("{}", "\"stop\"")
          + "data: [DONE]\n\n";
  private static final String CHAT =
      "{\"model\":\"m\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";

  private ServerSocket listening;
  private RunningCorral corral;
  private volatile String events = EVENTS;

  private static String event(String delta, String reason) {
    return ("data:"
            + " {\"id\":\"1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":%s,\"finish_reason\":%s}]}\n\n")
        .formatted(delta, reason);
  }

  @BeforeEach
  void open() throws IOException {
    listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
    corral =
        RunningCorral.alone(
            "backends: [{name: one, kind: openai, models: [m], url: \"http://127.0.0.1:%d/v1\"}]\n"
                .formatted(listening.getLocalPort()));
    RunningCorral.await(
        () -> RawClient.get(corral.port(), "/v1/models").text().contains("\"m\""),
        "the backend has been looked at");
  }

  @AfterEach
  void close() throws IOException {
    corral.close();
    listening.close();
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket socket = listening.accept();
        Thread.ofVirtual().start(() -> talk(socket));
      } catch (IOException over) {
        return;
      }
    }
  }

  private void talk(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      BufferedReader from =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      String request = String.valueOf(from.readLine());
      for (String line = request; line != null && !line.isEmpty(); ) {
        line = from.readLine();
      }
      boolean asked = request.startsWith("POST");
      String body = asked ? events : "{\"object\":\"list\",\"data\":[{\"id\":\"m\"}]}";
      String type = asked ? "text/event-stream" : "application/json";
      String head = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: " + type + "\r\n\r\n";
      OutputStream to = socket.getOutputStream();
      to.write(head.getBytes(StandardCharsets.UTF_8));
      for (byte one : body.getBytes(StandardCharsets.UTF_8)) {
        to.write(one);
      }
      // What was sent of the request is read, so that closing resets nothing.
      socket.shutdownOutput();
      while (from.read() >= 0) {}
    } catch (IOException gone) {
      // The caller closed it.
    }
  }

  @Test
  void inTheSameDialectEveryByteIsTheSame() {
    Answer answer = RawClient.post(corral.port(), "/v1/chat/completions", CHAT);
    assertThat(answer.complete()).isTrue();
    assertThat(answer.text()).isEqualTo(EVENTS);
  }

  @Test
  void inAnotherDialectEveryCharacterIs() {
    Answer answer = RawClient.post(corral.port(), "/api/chat", CHAT);
    assertThat(answer.complete()).isTrue();
    StringBuilder said = new StringBuilder();
    for (JsonNode line : answer.lines()) {
      said.append(line.path("message").path("content").asText());
    }
    assertThat(said.toString()).isEqualTo(TEXT);
    assertThat(answer.lines().getLast().path("done").asBoolean()).isTrue();
  }

  @Test
  void aLateErrorIsRecognisedHoweverItIsCut() {
    events =
        event("{\"content\":\"hé\"}", "null")
            + "data: {\"error\":{\"message\":\"verloren …\"}}\n\n";
    Answer same = RawClient.post(corral.port(), "/v1/chat/completions", CHAT);
    assertThat(same.text()).contains("verloren …").doesNotContain("[DONE]");
    Answer other = RawClient.post(corral.port(), "/api/chat", CHAT);
    assertThat(other.text()).contains("{\"error\":\"verloren …").doesNotContain("\"done\":true");
  }
}
