package dev.corral.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.corral.outbound.NotReached.Why;
import dev.corral.testkit.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The client that data steers: where it goes, where it does not, and what it shows to whom.
class OutboundTest {
  /// For a server that is silent: as long as a busy machine needs for all before the silence.
  private static final Patience HASTY = new Patience(Await.LONG, Duration.ofSeconds(4), Await.LONG);

  private static final Patience PATIENT = new Patience(Await.LONG, Await.LONG, Await.LONG);

  private final Scripted server = new Scripted();

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void aRegistryThatTheOperatorNamedIsAskedThoughItIsPlainAndPrivate() throws Exception {
    server.says("/v2/", "hello");
    Response response = (Response) named().send(Ask.get(server.at("/v2/")));
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.bytes(100).orElseThrow()).asString().isEqualTo("hello");
    assertThat(server.asked().getFirst())
        .contains("Host: 127.0.0.1:" + server.port(), "Accept-Encoding: identity");
  }

  @Test
  void aHostThatIsOnNoListIsNotEvenLookedUp() {
    AtomicInteger lookups = new AtomicInteger();
    Outbound outbound =
        outbound(
            Destinations.of(List.of("default"), List.of()),
            host -> {
              lookups.incrementAndGet();
              throw new UnknownHostException(host);
            });
    NotReached no = (NotReached) outbound.send(Ask.get(URI.create("https://9.9.9.9:8443/v2/")));
    assertThat(no.why()).isEqualTo(Why.NOT_ALLOWED);
    assertThat(no.next()).contains("pull.hosts: [default, hf.co, 9.9.9.9:8443]");
    assertThat(lookups).hasValue(0);
    NotReached near = (NotReached) outbound.send(Ask.get(URI.create("https://127.0.0.1:5999/")));
    assertThat(near.next())
        .contains("pull.registries: [\"https://127.0.0.1:5999\"], with http:// where");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "0.0.0.0",
        "10.1.2.3",
        "172.31.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fd00:ec2::254",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2001:db8::1",
        "198.18.0.1"
      })
  void anAllowedNameThatLeadsToAnAddressOfOurOwnNetworkIsRefused(String address) {
    Outbound outbound =
        outbound(
            Destinations.of(List.of("registry.example.com"), List.of()),
            _ -> List.of(InetAddress.ofLiteral(address)));
    NotReached no =
        (NotReached) outbound.send(Ask.get(URI.create("https://registry.example.com/v2/")));
    assertThat(no.why()).isEqualTo(Why.NOT_ALLOWED);
    assertThat(no.text())
        .isEqualTo("registry.example.com leads to an address that may not be asked");
    assertThat(no.next()).contains("pull.registries: [\"https://registry.example.com\"]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.1.1.1", "2606:4700::1111", "172.32.0.1", "64:ff9b::101:101"})
  void publicAddressesAreNot(String address) {
    assertThat(Addresses.isPublic(InetAddress.ofLiteral(address))).isTrue();
  }

  @Test
  void aNameThatChangesItsMindAfterTheCheckGainsNothing() {
    AtomicInteger lookups = new AtomicInteger();
    Outbound outbound =
        outbound(
            Destinations.of(List.of(), List.of("http://flip.example.com:" + server.port())),
            _ -> {
              String address = lookups.getAndIncrement() == 0 ? "127.0.0.1" : "127.0.0.2";
              return List.of(InetAddress.ofLiteral(address));
            });
    server.says("/x", "first address");
    URI uri = URI.create("http://flip.example.com:" + server.port() + "/x");
    assertThat(outbound.send(Ask.get(uri))).isInstanceOf(Response.class);
    assertThat(lookups).hasValue(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://a@127.0.0.1/", "ftp://127.0.0.1/", "file:///etc/passwd", "http://2130706433/",
        "http://0x7f.1/", "http:///x", "jar:http://x/", "http://[::ffff:127.0.0.1]/"
      })
  void addressesThatTwoReadersCouldReadInTwoWaysAreRefused(String address) {
    NotReached no = (NotReached) named().send(Ask.get(URI.create(address)));
    assertThat(no.why()).isEqualTo(Why.NOT_ALLOWED);
    assertThat(server.asked()).isEmpty();
  }

  @Test
  void aRedirectIsJudgedAnewAndCredentialsStayAtHome() throws Exception {
    try (Scripted other = new Scripted()) {
      server.redirects("/blob", other.at("/there?sig=1").toString());
      other.says("/there?sig=1", "bytes");
      Outbound outbound =
          outbound(
              Destinations.of(List.of(), List.of(server.origin(), other.origin())),
              Outbound.Lookup.system());
      Ask ask =
          Ask.get(server.at("/blob"))
              .with("Range", "bytes=0-4")
              .showing(
                  new Ask.Credential(
                      Origin.of(server.at("/")).orElseThrow(), "Bearer of-the-registry"));
      Response response = (Response) outbound.send(ask);
      assertThat(response.text(10)).isEqualTo("bytes");
      assertThat(response.uri()).isEqualTo(other.at("/there?sig=1"));
      assertThat(server.asked().getFirst()).contains("Authorization: Bearer of-the-registry");
      assertThat(other.asked().getFirst())
          .contains("Range: bytes=0-4")
          .doesNotContain("Authorization");
    }
  }

  @Test
  void aRedirectToAHostThatIsNotListedIsRefusedWithTheLineThatWouldAllowIt() {
    try (Scripted other = new Scripted()) {
      server.redirects("/blob", other.at("/there").toString());
      NotReached no = (NotReached) named().send(Ask.get(server.at("/blob")));
      assertThat(no.why()).isEqualTo(Why.NOT_ALLOWED);
      assertThat(no.text()).contains("redirects to " + other.origin());
      assertThat(no.next()).contains("pull.registries: [\"" + other.origin() + "\"]");
      assertThat(other.asked()).isEmpty();
    }
  }

  @Test
  void aNamedRegistryMayLeadToItselfByAnotherName() {
    server.redirects("/blob", "http://localhost:" + server.port() + "/here");
    server.says("/here", "bytes");
    Response response = (Response) named().send(Ask.get(server.at("/blob")));
    assertThat(response.text(10)).isEqualTo("bytes");
  }

  @Test
  void aCircleOfRedirectsEnds() {
    server.redirects("/a", "/b");
    server.redirects("/b", "/a");
    NotReached no = (NotReached) named().send(Ask.get(server.at("/a")));
    assertThat(no.text()).isEqualTo("127.0.0.1 redirects in a circle or too often");
    for (int i = 0; i < 20; i++) {
      server.redirects("/" + i, "/" + (i + 1));
    }
    assertThat(named().send(Ask.get(server.at("/0")))).isInstanceOf(NotReached.class);
    assertThat(server.asked()).hasSizeLessThan(12);
  }

  @Test
  void whatComesPackedThoughNobodyAskedIsRefused() {
    server.answers("/x", "HTTP/1.1 200 OK\nContent-Encoding: gzip\nContent-Length: 1\n\nx");
    NotReached no = (NotReached) named().send(Ask.get(server.at("/x")));
    assertThat(no.why()).isEqualTo(Why.BAD_ANSWER);
    assertThat(no.text()).contains("packed (gzip), which was not asked for");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SSH-2.0-OpenSSH\n\n",
        "HTTP/1.1 2000 OK\n\n",
        "HTTP/1.1 200 OK\nno colon\n\n",
        "HTTP/1.1 200 OK\nContent-Length: 1\nContent-Length: 2\n\nxx",
        "HTTP/1.1 200 OK\nContent-Length: -1\n\n",
        "HTTP/1.1 200 OK\nContent-Length: 1\nTransfer-Encoding: chunked\n\n0",
        "HTTP/1.1 200 OK\nTransfer-Encoding: gzip, chunked\n\n0"
      })
  void anAnswerThatContradictsItselfIsNone(String answer) {
    server.answers("/x", answer);
    NotReached no = (NotReached) named().send(Ask.get(server.at("/x")));
    assertThat(no.why()).isEqualTo(Why.BAD_ANSWER);
  }

  @Test
  void aBodyThatEndsEarlyIsNeverTakenForWhole() {
    server.answers("/short", "HTTP/1.1 200 OK\nContent-Length: 10\n\nxxx");
    server.answers("/chunks", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3\r\nabc\r\n");
    for (String path : List.of("/short", "/chunks")) {
      Response response = (Response) named().send(Ask.get(server.at(path)));
      assertThatThrownBy(() -> response.bytes(100)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void aBodyBeyondTheCapIsNotRead() throws Exception {
    server.says("/x", "x".repeat(101));
    Response response = (Response) named().send(Ask.get(server.at("/x")));
    assertThat(response.bytes(100)).isEqualTo(Optional.empty());
  }

  @Test
  void aServerThatStandsStillIsLeft() {
    server.answers("/x", "HTTP/1.1 200 OK\nContent-Length: 99\n\nx…stays open");
    Outbound hasty = outbound(listed(), Outbound.Lookup.system(), HASTY);
    Response response = (Response) hasty.send(Ask.get(server.at("/x")));
    assertThatThrownBy(() -> response.bytes(100)).isInstanceOf(IOException.class);
  }

  @Test
  void aServerThatOnlyDripsIsLeft() {
    server.answers("/x", "HTTP/1.1 200 OK\nContent-Length: 9999\n\n…drips");
    server.answers("/chunks", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n1f40\r\n…drips");
    Patience brief = new Patience(Await.LONG, Await.LONG, Duration.ofSeconds(4));
    Outbound impatient = outbound(listed(), Outbound.Lookup.system(), brief);
    for (String path : List.of("/x", "/chunks")) {
      Response response = (Response) impatient.send(Ask.get(server.at(path)));
      assertThatThrownBy(() -> response.bytes(10_000)).isInstanceOf(SocketTimeoutException.class);
    }
  }

  @Test
  void aNameThatCannotBeLookedUpIsSaidAndNotWaitedForForEver() {
    CountDownLatch never = new CountDownLatch(1);
    Outbound.Lookup none =
        host -> {
          throw new UnknownHostException(host);
        };
    Outbound.Lookup broken =
        host -> {
          throw new IOException("the resolver is on fire");
        };
    Outbound.Lookup silent =
        _ -> {
          try {
            never.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return List.of();
        };
    Patience hasty =
        new Patience(Duration.ofMillis(100), Duration.ofSeconds(5), Duration.ofSeconds(5));
    assertThat(lookedUp(none, PATIENT).text()).isEqualTo("there is no host called r.example.com");
    assertThat(lookedUp(broken, PATIENT).text())
        .isEqualTo("the name r.example.com could not be looked up");
    NotReached slow = lookedUp(silent, hasty);
    assertThat(slow.why()).isEqualTo(Why.SILENT);
    assertThat(slow.text()).isEqualTo("the name r.example.com could not be looked up in time");
    assertThat(lookedUp(_ -> List.of(), PATIENT).why())
        .as("no address at all")
        .isEqualTo(Why.NOT_ALLOWED);
    never.countDown();
  }

  private static NotReached lookedUp(Outbound.Lookup lookup, Patience patience) {
    Destinations listed = Destinations.of(List.of("r.example.com"), List.of());
    return (NotReached)
        outbound(listed, lookup, patience).send(Ask.get(URI.create("https://r.example.com/v2/")));
  }

  private Destinations listed() {
    return Destinations.of(List.of("default"), List.of(server.origin()));
  }

  private Outbound named() {
    return outbound(listed(), Outbound.Lookup.system());
  }

  private static Outbound outbound(Destinations destinations, Outbound.Lookup lookup) {
    return outbound(destinations, lookup, PATIENT);
  }

  private static Outbound outbound(
      Destinations destinations, Outbound.Lookup lookup, Patience patience) {
    return new Outbound(
        destinations,
        lookup,
        Proxies.NONE,
        () -> (SSLSocketFactory) SSLSocketFactory.getDefault(),
        patience,
        "corral-test");
  }
}
