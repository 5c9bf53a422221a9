package dev.corral.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What comes over the line, byte by byte, good and bad.
class HttpCallTest {
  private static final String TAGS = "{\"models\":[]}";

  @TempDir Path home;
  private ServerSocket listener;
  private Typed typed;

  @BeforeEach
  void start() throws IOException {
    listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    typed = new Typed(home);
    typed.environment.put("CORRAL_URL", "127.0.0.1:" + listener.getLocalPort());
  }

  @AfterEach
  void stop() throws IOException {
    listener.close();
  }

  private int asking(String answer) {
    Thread.ofVirtual()
        .start(() -> {
          try (Socket socket = listener.accept()) {
            socket.getInputStream().read();
            socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            socket.getInputStream().readAllBytes();
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
        });
    return typed.run("ps", "--json");
  }

  @Test
  void everyFormOfAWholeBodyIsRead() {
    assertThat(asking("HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n" + TAGS)).isZero();
    assertThat(asking("HTTP/1.0 200 OK\r\n\r\n" + TAGS)).isZero();
    assertThat(
            asking(
                String.join(
                    "\r\n",
                    "HTTP/1.1 100 Continue",
                    "",
                    "HTTP/1.1 200 OK",
                    "Transfer-Encoding: chunked",
                    "",
                    "4;x=y",
                    "{\"mo",
                    "9",
                    "dels\":[]}",
                    "0",
                    "",
                    "")))
        .isZero();
  }

  @Test
  void aBodyThatIsCutIsNoAnswer() {
    assertThat(asking("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n" + TAGS)).isEqualTo(3);
    assertThat(typed.err()).contains("the connection was cut");
    assertThat(asking("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nd\r\n" + TAGS))
        .isEqualTo(3);
    assertThat(asking("")).isEqualTo(3);
  }

  @Test
  void whatIsNoHttpIsNamed() {
    assertThat(asking("SSH-2.0-OpenSSH_9.2\r\n")).isEqualTo(1);
    assertThat(typed.err()).contains("does not speak HTTP");
    assertThat(asking("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n")).isEqualTo(1);
    assertThat(asking("HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n")).isEqualTo(1);
  }
}
