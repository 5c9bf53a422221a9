package dev.corral.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.model.Digest;
import dev.corral.model.ModelName;
import dev.corral.outbound.Destinations;
import dev.corral.outbound.Leash;
import dev.corral.outbound.Outbound;
import dev.corral.outbound.Patience;
import dev.corral.outbound.Proxies;
import dev.corral.registry.Trouble.Kind;
import dev.corral.testkit.Await;
import dev.corral.testkit.Body;
import dev.corral.testkit.Content;
import dev.corral.testkit.Exchange;
import dev.corral.testkit.Mischief;
import dev.corral.testkit.RegistryDouble;
import dev.corral.testkit.Where;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a registry says, what it hides behind, and what it gets wrong.
class RegistryTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private static final Content WEIGHTS = Content.random(100_000, 7);
  private static final Digest BLOB = Digest.parse(WEIGHTS.digest()).orElseThrow();
  private static final Where MANIFEST = Where.path(RegistryDouble.manifestPath("ns/m", "t"));
  private static final Where WHERE_BLOB =
      Where.path(RegistryDouble.blobPath("ns/m", WEIGHTS.digest()));

  private final RegistryDouble storage = RegistryDouble.start();
  private RegistryDouble registry = RegistryDouble.start();

  @AfterEach
  void close() {
    registry.close();
    storage.close();
  }

  @Test
  void aManifestIsKeptByteForByteBecauseItsBytesAreItsIdentity() {
    String digest = publish();
    Fetched.Found found = (Fetched.Found) remote().manifest();
    assertThat(found.digest()).hasToString(digest);
    assertThat(found.manifest().layers().getFirst().digest()).isEqualTo(BLOB);
    assertThat(registry.exchanges().getFirst().request().headers().first("Accept"))
        .contains("application/vnd.docker.distribution.manifest.v2+json");
  }

  @Test
  void aModelThatNoRegistryHasIsNamed() {
    Trouble trouble = (Trouble) remote().manifest();
    assertThat(trouble.kind()).isEqualTo(Kind.MISSING);
    assertThat(trouble.text())
        .contains("there is no model '127.0.0.1:" + registry.port() + "/ns/m:t'");
    assertThat(trouble.next()).contains("hf.co/OWNER/REPOSITORY");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "null",
        "",
        "{\"layers\":[]}",
        "<html>",
        "{\"config\":1",
        "\u0000\u0001",
        "{\"config\":{\"digest\":\"sha256:../../x\",\"size\":1},\"layers\":[{}]}"
      })
  void whatIsNoManifestIsNeverTakenForOne(String body) {
    registry.publish("ns/m:t", Body.of(body));
    Trouble trouble = (Trouble) remote().manifest();
    assertThat(trouble.kind()).isEqualTo(Kind.WRONG);
    assertThat(trouble.text()).startsWith("127.0.0.1:" + registry.port());
    assertThat(trouble.passing()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'digest':'%s','size':-1}",
        "{'digest':'%s','size':1.5}",
        "{'digest':'%s','size':'5'}",
        "{'digest':'%s','size':9223372036854775808}",
        "{'digest':'%s','size':1},{'digest':'%s','size':2}",
        "{'digest':'SHA256:%s','size':1}",
        "{'digest':'sha512:%s','size':1}",
        "{'size':1}"
      })
  void layersThatCannotBeMakeNoManifest(String layers) {
    String listed = layers.replace('\'', '"').replace("%s", BLOB.toString());
    registry.publish(
        "ns/m:t",
        Body.of(
            "{\"config\":{\"digest\":\"%s\",\"size\":1},\"layers\":[%s]}".formatted(BLOB, listed)));
    Trouble trouble = (Trouble) remote().manifest();
    assertThat(trouble.kind()).isEqualTo(Kind.WRONG);
    assertThat(trouble.text()).contains("the manifest makes no sense");
  }

  @Test
  void aManifestWithoutAnEndIsNotReadToItsEnd() {
    registry.publish("ns/m:t", Body.of(new byte[5 << 20]));
    Trouble trouble = (Trouble) remote().manifest();
    assertThat(trouble.text()).contains("the manifest is larger than any manifest is");
  }

  @Test
  void aSignInPageIsCalledWhatItIs() {
    publish();
    registry.play(new Mischief.Page(), MANIFEST);
    Trouble trouble = (Trouble) remote().manifest();
    assertThat(trouble.text()).contains("web page instead of the model");
    assertThat(trouble.next()).contains("HTTPS_PROXY");
  }

  @Test
  void aBusyRegistrySaysHowLongItWantsToBeLeftAlone() {
    registry.play(Mischief.busy(429, Duration.ofSeconds(7)), MANIFEST);
    Trouble trouble = (Trouble) remote().manifest();
    assertThat(trouble.passing()).isTrue();
    assertThat(trouble.retryAfter()).contains(Duration.ofSeconds(7));
    registry.behave();
    registry.play(Mischief.busy(503, Duration.ofDays(9)), MANIFEST);
    assertThat(((Trouble) remote().manifest()).retryAfter()).contains(Duration.ofMinutes(15));
  }

  @Test
  void aTokenIsFetchedOnceAndAgainWhenItExpires() throws Exception {
    restart(RegistryDouble.builder().tokens());
    publish();
    Remote remote = remote();
    assertThat(remote.manifest()).isInstanceOf(Fetched.Found.class);
    assertThat(read(remote, 0, 99)).isEqualTo(slice(0, 100));
    assertThat(registry.exchanges("/token")).hasSize(1);
    assertThat(registry.exchanges("/token").getFirst().request().target())
        .contains("service=double", "scope=repository%3Ans%2Fm%3Apull");
    registry.revokeTokens();
    assertThat(read(remote, 100, 199)).isEqualTo(slice(100, 100));
    assertThat(registry.exchanges("/token")).hasSize(2);
  }

  @Test
  void aTokenIsNeverFetchedFromAnotherHost() {
    restart(RegistryDouble.builder().tokens());
    publish();
    registry.realm(storage.url() + "/token");
    Trouble trouble = (Trouble) remote().manifest();
    assertThat(trouble.kind()).isEqualTo(Kind.NOT_ALLOWED);
    assertThat(storage.exchanges()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Basic realm=\"a, Bearer b\", Bearer realm=\"%s\",service=\"double\",scope=\"x\"",
        "Bearer realm=\"%s\",service=double, Basic realm=\"elsewhere\"",
        "bearer REALM=\"%s\""
      })
  void theWayToATokenIsFoundAmongOtherWaysIn(String header) {
    URI token = URI.create("https://registry.example.com/token");
    Challenge challenge = Challenge.parse(header.formatted(token)).orElseThrow();
    assertThat(challenge.realm()).isEqualTo(token);
    assertThat(challenge.service()).isIn("double", "");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Basic realm=\"x\"",
        "Basic realm=\"Bearer realm=https://a/\"",
        "Bearer realm=\"file:///etc/passwd\"",
        "Bearer realm=\"//host/path with spaces\"",
        "Bearer realm=\"mailto:a@b\"",
        "Bearer",
        "Bearer ",
        ""
      })
  void whatShowsNoWayToATokenIsNone(String header) {
    assertThat(Challenge.parse(header)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://169.254.169.254/latest/meta-data",
        "https://127.0.0.1:%d/token",
        "http://127.0.0.1:%d@169.254.169.254/token",
        "http://localhost:%d/token",
        "http://127.0.0.1:1/token",
        "ftp://127.0.0.1:%d/token"
      })
  void noTokenIsAskedForAtAPlaceThatIsNotTheRegistryItself(String realm) {
    restart(RegistryDouble.builder().tokens());
    publish();
    registry.realm(realm.formatted(registry.port()));
    Trouble trouble = (Trouble) remote().manifest();
    assertThat(trouble.kind()).isEqualTo(Kind.NOT_ALLOWED);
    assertThat(trouble.text()).contains("which is another host");
    assertThat(registry.exchanges("/token")).isEmpty();
  }

  @Test
  void blobsMayLieElsewhereAndTheWayThereIsRemembered() throws Exception {
    restart(RegistryDouble.builder().tokens().blobsAt(storage));
    publish();
    Remote remote = remote();
    assertThat(read(remote, 0, 9)).isEqualTo(slice(0, 10));
    assertThat(read(remote, 10, 19)).isEqualTo(slice(10, 10));
    assertThat(registry.exchanges(RegistryDouble.blobPath("ns/m", BLOB.toString())))
        .as("one without, one with a token; the second range goes straight to the storage")
        .hasSize(2);
    assertThat(storage.exchanges()).hasSize(2);
    for (Exchange exchange : storage.exchanges()) {
      assertThat(exchange.request().headers().has("Authorization")).isFalse();
    }
    storage.play(Mischief.status(403), Where.path("/storage/" + BLOB).once());
    assertThat(read(remote, 20, 29)).as("the signed address expired").isEqualTo(slice(20, 10));
  }

  @Test
  void aRegistryThatKnowsNoRangesSendsTheWholeAndSaysSo() throws Exception {
    publish();
    registry.play(new Mischief.IgnoreRange(), WHERE_BLOB);
    try (Ranged.Part part = (Ranged.Part) remote().range(BLOB, 50, 99, WEIGHTS.size())) {
      assertThat(part.whole()).isTrue();
      assertThat(part.from()).isZero();
      assertThat(part.bytes().readAllBytes()).isEqualTo(WEIGHTS.bytes());
    }
  }

  @Test
  void anAnswerThatIsAnotherThanWasAskedForIsRefused() {
    publish();
    Map<Mischief, String> tricks =
        Map.of(
            new Mischief.WrongRange(), "another range",
            new Mischief.Resized(5), "a blob has 100005 bytes where the manifest says 100000",
            new Mischief.Resized(-5), "a blob has 99995 bytes",
            new Mischief.Packed(), "packed (gzip), which was not asked for",
            new Mischief.Page(), "web page",
            new Mischief.Elsewhere(307, "http://127.0.0.1:1/x"), "redirects to http://127.0.0.1:1",
            new Mischief.Elsewhere(307, "http://169.254.169.254/x"), "redirects to http://169.254");
    tricks.forEach((trick, words) -> {
      registry.play(trick, WHERE_BLOB.once());
      Trouble trouble = (Trouble) remote().range(BLOB, 0, 9, WEIGHTS.size());
      assertThat(trouble.text()).contains(words);
      assertThat(trouble.passing()).isFalse();
    });
  }

  @Test
  void theHubIsShownItsKeyAndOtherRegistriesAreNot() throws Exception {
    restart(RegistryDouble.builder().key("hf_secret"));
    publish();
    Hub hub = new Hub(registry.url(), "hf_secret");
    Remote atHub = remote("hf.co/ns/m:t", hub);
    assertThat(atHub.manifest()).isInstanceOf(Fetched.Found.class);
    assertThat(read(atHub, 0, 9)).isEqualTo(slice(0, 10));

    Trouble without = (Trouble) remote("hf.co/ns/m:t", new Hub(registry.url(), "")).manifest();
    assertThat(without.kind()).isEqualTo(Kind.DENIED);
    assertThat(without.text()).contains("it is not there, or private, or gated (401");
    assertThat(without.next()).contains("set HF_TOKEN");
    Trouble wrong = (Trouble) remote("hf.co/ns/m:t", new Hub(registry.url(), "hf_old")).manifest();
    assertThat(wrong.next()).contains("Does HF_TOKEN belong to somebody who may read it");

    registry.forgetExchanges();
    Trouble elsewhere = (Trouble) remote(name(), hub).manifest();
    assertThat(elsewhere.kind()).isEqualTo(Kind.DENIED);
    assertThat(registry.exchanges().getFirst().request().headers().has("Authorization")).isFalse();
  }

  @Test
  void theHubsOwnWordsAreHandedOnAsPlainText() {
    registry.play(
        new Mischief.Status(
            400,
            "{\"error\":\"The specified tag is not a valid quantization scheme.\\n\\u001b[31m\"}",
            Duration.ofSeconds(-1)),
        MANIFEST);
    Trouble trouble = (Trouble) remote("hf.co/ns/m:t", new Hub(registry.url(), "")).manifest();
    assertThat(trouble.text())
        .contains("400: The specified tag is not a valid quantization scheme. [31m");
  }

  @Test
  void aHostThatIsNotAllowedIsNotAsked() {
    Trouble trouble = (Trouble) remote("9.9.9.9:8443/a/b:c", hub()).manifest();
    assertThat(trouble.kind()).isEqualTo(Kind.NOT_ALLOWED);
    assertThat(trouble.next()).contains("pull.hosts");
    assertThat(((Trouble) remote("a:b:c/a/b:c", hub()).manifest()).kind())
        .isEqualTo(Kind.NOT_ALLOWED);
  }

  @Test
  void variablesNameAMirrorAndTheKey() {
    Map<String, String> variables = Map.of("HF_TOKEN", "hf_x", "HF_ENDPOINT", "https://hub.lan/");
    Hub hub = Hub.of(name -> Optional.ofNullable(variables.get(name)));
    assertThat(hub.endpoint()).isEqualTo(URI.create("https://hub.lan"));
    assertThat(hub.toString()).doesNotContain("hf_x");
  }

  private void restart(RegistryDouble.Builder builder) {
    registry.close();
    registry = builder.start();
  }

  private String publish() {
    return registry.publish(
        "ns/m:t", Content.of("{}"), new RegistryDouble.ImageLayer("model", WEIGHTS));
  }

  private static byte[] slice(int from, int length) {
    return java.util.Arrays.copyOfRange(WEIGHTS.bytes(), from, from + length);
  }

  private static byte[] read(Remote remote, long first, long last) throws IOException {
    try (Ranged.Part part = (Ranged.Part) remote.range(BLOB, first, last, WEIGHTS.size())) {
      return part.bytes().readAllBytes();
    }
  }

  private String name() {
    return "127.0.0.1:" + registry.port() + "/ns/m:t";
  }

  private static Hub hub() {
    return Hub.of(_ -> Optional.empty());
  }

  private Remote remote() {
    return remote(name(), hub());
  }

  private Remote remote(String name, Hub hub) {
    Destinations named =
        Destinations.of(
            List.of("default", "hf.co"),
            List.of(registry.url().toString(), storage.url().toString()));
    Outbound outbound =
        new Outbound(
            hub.among(named),
            Outbound.Lookup.system(),
            Proxies.NONE,
            () -> (SSLSocketFactory) SSLSocketFactory.getDefault(),
            new Patience(Await.LONG, Await.LONG, Await.LONG),
            "corral-test");
    InstantSource clock = InstantSource.fixed(NOW);
    return new Registry(outbound, hub, clock)
        .open(ModelName.parse(name).orElseThrow(), new Leash());
  }
}
