package dev.corral.outbound;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.outbound.NotReached.Why;
import dev.corral.testkit.Await;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Connections by TLS, directly and through a proxy: the address is pinned, the certificate is
/// judged by name.
class SecuredTest {
  private static final char[] PASSWORD = "changeit".toCharArray();

  private static final Patience PATIENT = new Patience(Await.LONG, Await.LONG, Await.LONG);

  private static SSLContext trusting;
  private Scripted server;

  /// Making a certificate takes a process of its own, so one serves all.
  @BeforeAll
  static void certify(@TempDir Path folder) throws Exception {
    Path store = folder.resolve("keys.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-alias",
                "registry",
                "-dname",
                "CN=registry.test",
                "-ext",
                "san=dns:registry.test",
                "-storepass",
                "changeit",
                "-keystore",
                store.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("keytool.log").toFile())
            .start();
    assertThat(keytool.waitFor()).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD);
    }
    KeyManagerFactory ours = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    ours.init(keys, PASSWORD);
    KeyStore known = KeyStore.getInstance("PKCS12");
    known.load(null, PASSWORD);
    known.setCertificateEntry("registry", keys.getCertificate("registry"));
    TrustManagerFactory trusted =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trusted.init(known);
    trusting = SSLContext.getInstance("TLS");
    trusting.init(ours.getKeyManagers(), trusted.getTrustManagers(), null);
  }

  @BeforeEach
  void open() throws Exception {
    server = new Scripted(trusting.getServerSocketFactory());
    server.says("/v2/", "secret");
  }

  @AfterEach
  void close() {
    server.close();
  }

  private URI at(String host) {
    return URI.create("https://" + host + ":" + server.port() + "/v2/");
  }

  private Reached ask(String host, SSLSocketFactory tls, Proxies proxies) {
    Destinations named =
        Destinations.of(List.of(), List.of("https://" + host + ":" + server.port()));
    return new Outbound(
            named,
            _ -> List.of(InetAddress.getLoopbackAddress()),
            proxies,
            () -> tls,
            PATIENT,
            "corral-test")
        .send(Ask.get(at(host)));
  }

  @Test
  void aCertificateOfThatNameLetsUsIn() {
    Response response = (Response) ask("registry.test", trusting.getSocketFactory(), Proxies.NONE);
    assertThat(response.text(100)).isEqualTo("secret");
    assertThat(server.asked().getFirst()).contains("Host: registry.test:" + server.port());
  }

  @Test
  void aCertificateOfAnotherNameDoesNot() {
    NotReached no = (NotReached) ask("other.test", trusting.getSocketFactory(), Proxies.NONE);
    assertThat(no.why()).isEqualTo(Why.TLS);
    assertThat(no.text()).contains("its certificate is for another name");
    assertThat(server.asked()).isEmpty();
  }

  @Test
  void aCertificateThatNobodyKnowsDoesNot() {
    SSLSocketFactory usual = (SSLSocketFactory) SSLSocketFactory.getDefault();
    NotReached no = (NotReached) ask("registry.test", usual, Proxies.NONE);
    assertThat(no.text()).contains("signed by nobody we know");
    assertThat(no.next()).contains("the Java that runs Corral");
  }

  @Test
  void aPortThatSpeaksNoTlsIsSaidAndNeverAskedInPlain() throws Exception {
    try (ServerSocket plain = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<byte[]> heard = new CompletableFuture<>();
      Thread.ofVirtual().start(() -> answerPlainly(plain, heard));
      NotReached no = asked(plain.getLocalPort(), PATIENT);
      assertThat(no.why()).isEqualTo(Why.TLS);
      assertThat(new String(heard.join(), StandardCharsets.ISO_8859_1))
          .as("a handshake and no request")
          .startsWith("\u0016")
          .doesNotContain("/v2/");
    }
  }

  @Test
  void aPortThatNeverAnswersTheHandshakeIsLeft() throws Exception {
    try (ServerSocket mute = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Patience hasty = new Patience(Await.LONG, Duration.ofMillis(300), Await.LONG);
      assertThat(asked(mute.getLocalPort(), hasty).why()).isEqualTo(Why.SILENT);
    }
  }

  private static NotReached asked(int port, Patience patience) {
    URI uri = URI.create("https://127.0.0.1:" + port + "/v2/");
    Destinations named = Destinations.of(List.of(), List.of("https://127.0.0.1:" + port));
    Outbound outbound =
        new Outbound(
            named,
            Outbound.Lookup.system(),
            Proxies.NONE,
            trusting::getSocketFactory,
            patience,
            "corral-test");
    return (NotReached) outbound.send(Ask.get(uri));
  }

  /// As a web server without TLS does with bytes that it cannot read.
  private static void answerPlainly(ServerSocket plain, CompletableFuture<byte[]> heard) {
    try (Socket socket = plain.accept()) {
      byte[] first = new byte[4096];
      int count = socket.getInputStream().read(first);
      socket.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(US_ASCII));
      heard.complete(Arrays.copyOf(first, Math.max(0, count)));
    } catch (IOException e) {
      heard.completeExceptionally(e);
    }
  }

  @Test
  void aProxyIsAskedForTheWayByNameAndSeesNothingMore() throws Exception {
    try (Tunnel proxy = new Tunnel(server.port())) {
      Map<String, String> variables =
          Map.of("HTTPS_PROXY", "http://hen:egg@127.0.0.1:" + proxy.port());
      Proxies proxies = Proxies.of(name -> Optional.ofNullable(variables.get(name)));
      Response response = (Response) ask("registry.test", trusting.getSocketFactory(), proxies);
      assertThat(response.text(100)).isEqualTo("secret");
      assertThat(proxy.heads.getFirst())
          .startsWith("CONNECT registry.test:" + server.port() + " HTTP/1.1\n")
          .contains("Proxy-Authorization: Basic aGVuOmVnZw==")
          .doesNotContain("/v2/");
    }
  }

  @Test
  void whatNoProxyNamesGoesDirectly() {
    Map<String, String> variables =
        Map.of("HTTPS_PROXY", "127.0.0.1:1", "NO_PROXY", "lan, .test,10.0.0.1");
    Proxies proxies = Proxies.of(name -> Optional.ofNullable(variables.get(name)));
    assertThat(ask("registry.test", trusting.getSocketFactory(), proxies))
        .isInstanceOf(Response.class);
    Map<String, String> without = Map.of("HTTPS_PROXY", "127.0.0.1:1");
    Proxies always = Proxies.of(name -> Optional.ofNullable(without.get(name)));
    NotReached no = (NotReached) ask("registry.test", trusting.getSocketFactory(), always);
    assertThat(no.text()).contains("127.0.0.1:1");
  }

  /// A proxy that connects whatever it is asked for to one port.
  private static final class Tunnel implements AutoCloseable {
    private final ServerSocket listener;
    private final int target;
    private final List<String> heads = new CopyOnWriteArrayList<>();

    Tunnel(int target) throws IOException {
      this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
      this.target = target;
      Thread.ofVirtual().start(this::accept);
    }

    int port() {
      return listener.getLocalPort();
    }

    private void accept() {
      try (Socket client = listener.accept();
          Socket server = new Socket(InetAddress.getLoopbackAddress(), target)) {
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
          int next = client.getInputStream().read();
          if (next < 0) {
            return;
          }
          head.append((char) next);
        }
        heads.add(head.toString().replace("\r", ""));
        client
            .getOutputStream()
            .write("HTTP/1.1 200 Connected\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        Thread back = Thread.ofVirtual().start(() -> pump(server, client));
        pump(client, server);
        back.join();
      } catch (IOException | InterruptedException e) {
        // One side has left.
      }
    }

    private static void pump(Socket from, Socket to) {
      try {
        from.getInputStream().transferTo(to.getOutputStream());
        to.shutdownOutput();
      } catch (IOException e) {
        // The other side has left.
      }
    }

    @Override
    public void close() throws IOException {
      listener.close();
    }
  }
}
