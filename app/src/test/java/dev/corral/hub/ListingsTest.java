package dev.corral.hub;

import static dev.corral.hub.Yonder.got;
import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.hub.Repository.Access;
import dev.corral.outbound.Patience;
import dev.corral.registry.Trouble;
import dev.corral.registry.Trouble.Kind;
import dev.corral.testkit.Await;
import dev.corral.testkit.Body;
import dev.corral.testkit.Content;
import dev.corral.testkit.Exchange;
import dev.corral.testkit.Fault;
import dev.corral.testkit.HubDouble;
import dev.corral.testkit.Mischief;
import dev.corral.testkit.Where;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What the Hub says of repositories, and what it hides or gets wrong.
class ListingsTest {
  private static final String REPO = "owner/repo";
  private static final RepositoryName NAME = new RepositoryName("owner", "repo");
  private static final Where LISTING = Where.path(HubDouble.listingPath(REPO));

  private HubDouble hub = HubDouble.start();
  private Hubs hubs = Yonder.hubs(hub, "");

  @AfterEach
  void close() {
    hub.close();
  }

  private void restart(HubDouble.Builder builder, String key) {
    hub.close();
    hub = builder.start();
    hubs = Yonder.hubs(hub, key);
  }

  private void publish(int files) {
    for (int i = 0; i < files; i++) {
      hub.file(REPO, "m%02d-Q4_K_M.gguf".formatted(i), Content.of("file " + i));
    }
  }

  private Trouble trouble() {
    return Yonder.trouble(hubs.repository(NAME));
  }

  @Test
  void allPagesAreRead() {
    restart(HubDouble.builder().pageSize(4), "");
    publish(11);
    assertThat(got(hubs.repository(NAME)).files().choices()).hasSize(11);
    assertThat(hub.exchanges(HubDouble.listingPath(REPO))).hasSize(3);
  }

  @Test
  void aMirrorThatPassesOnTheHubsOwnLinksIsStillTheOneThatIsAsked() {
    restart(HubDouble.builder().pageSize(4), "");
    hub.pagesAt("https://huggingface.co");
    publish(6);
    assertThat(got(hubs.repository(NAME)).files().choices()).hasSize(6);
  }

  @Test
  void aListingOfTooManyPagesIsCutOffAndSaysSo() {
    restart(HubDouble.builder().pageSize(1), "");
    publish(60);
    Repository found = got(hubs.repository(NAME));
    assertThat(found.truncated()).isTrue();
    assertThat(hub.exchanges(HubDouble.listingPath(REPO))).hasSize(20);
  }

  @Test
  void whatTheHubKnowsOfAModelIsTold() {
    publish(1);
    hub.info(
        REPO,
        info -> {
          info.put("downloads", 1234).put("likes", 56);
          info.putArray("tags").add("gguf").add("license:apache-2.0");
          info.putObject("gguf")
              .put("architecture", "qwen3")
              .put("context_length", 40_960)
              .put("total", 8_000_000_000L)
              .put("chat_template", "{{ messages }}");
        });
    Repository found = got(hubs.repository(NAME));
    assertThat(found.license()).isEqualTo("apache-2.0");
    assertThat(found.architecture()).isEqualTo("qwen3");
    assertThat(found.contextLength()).hasValue(40_960);
    assertThat(found.parameters()).hasValue(8_000_000_000L);
    assertThat(found.chatTemplate()).contains(true);
    assertThat(found.downloads()).isEqualTo(1234);
  }

  @Test
  void filesAreWorthMoreThanWhatIsSaidOfThem() {
    publish(1);
    hub.play(Mischief.status(404), Where.path(HubDouble.infoPath(REPO)));
    assertThat(got(hubs.repository(NAME)).files().choices()).hasSize(1);
  }

  @Test
  void whatTheHubDidNotSayOnceIsAskedAgainWithTheNextListing() {
    Instant[] now = {Instant.parse("2026-11-21T12:00:00Z")};
    Hubs later = Yonder.hubs(hub, "", Yonder.PATIENT, () -> now[0]);
    publish(1);
    hub.info(REPO, info -> info.putArray("tags").add("license:mit"));
    hub.play(Mischief.status(404), Where.path(HubDouble.infoPath(REPO)).once());
    assertThat(got(later.repository(NAME)).license()).isEmpty();

    now[0] = now[0].plusSeconds(61);
    assertThat(got(later.repository(NAME)).license()).isEqualTo("mit");
  }

  @Test
  void whatTheHubWritesOfAModelIsFitForATerminal() {
    publish(1);
    hub.info(
        REPO, info -> info.putObject("cardData").put("license", "<b>mit</b>\u001b[31m \u202ex"));
    assertThat(got(hubs.repository(NAME)).license()).isEqualTo("b mit /b [31m x");
  }

  @Test
  void aListingIsKeptForAWhile() {
    publish(2);
    Repository first = got(hubs.repository(NAME));
    assertThat(got(hubs.repository(NAME))).isSameAs(first);
    assertThat(hub.exchanges(HubDouble.listingPath(REPO))).hasSize(1);
  }

  @Test
  void anOldListingIsAskedAboutAndTakenForGoodWhereNothingChanged() {
    Instant[] now = {Instant.parse("2026-11-21T12:00:00Z")};
    Hubs later = Yonder.hubs(hub, "", Yonder.PATIENT, () -> now[0]);
    publish(2);
    Repository first = got(later.repository(NAME));
    now[0] = now[0].plusSeconds(61);
    assertThat(got(later.repository(NAME))).isSameAs(first);
    List<Exchange> asked = hub.exchanges(HubDouble.listingPath(REPO));
    assertThat(asked).hasSize(2);
    assertThat(asked.getLast().request().headers().has("If-None-Match")).isTrue();
    publish(3);
    now[0] = now[0].plusSeconds(61);
    assertThat(got(later.repository(NAME)).files().choices()).hasSize(3);
  }

  @Test
  void aHubThatHangsIsGivenUp() {
    Patience hasty = new Patience(Await.LONG, Duration.ofMillis(300), Await.LONG);
    publish(1);
    hub.inject(Fault.hang(), LISTING);
    Trouble trouble =
        Yonder.trouble(Yonder.hubs(hub, "", hasty, InstantSource.system()).repository(NAME));
    assertThat(trouble.kind()).isEqualTo(Kind.AWAY);
    assertThat(trouble.text()).contains("did not answer in time");
  }

  @Test
  void aRepositoryThatIsNotThereIsToldWithBothReasons() {
    assertThat(trouble().kind()).isEqualTo(Kind.MISSING);
    assertThat(trouble().text())
        .contains("there is no repository 'owner/repo'", "or it is private");
    assertThat(trouble().next()).contains("set HF_TOKEN");
  }

  @Test
  void aPrivateRepositoryIsShownToItsKeyAlone() {
    restart(HubDouble.builder().key("hf_secret"), "");
    publish(1);
    hub.access(REPO, HubDouble.Access.PRIVATE);
    assertThat(trouble().kind()).isEqualTo(Kind.MISSING);
    Repository found = got(Yonder.hubs(hub, "hf_secret").repository(NAME));
    assertThat(found.access()).isEqualTo(Access.PRIVATE);
  }

  @Test
  void aTokenThatIsNoGoodIsToldSo() {
    restart(HubDouble.builder().key("hf_secret"), "hf_old");
    publish(1);
    assertThat(trouble().kind()).isEqualTo(Kind.DENIED);
    assertThat(trouble().text()).contains("does not take the token in HF_TOKEN");
  }

  @Test
  void aGatedRepositoryIsListedAndItsFilesNeedTheLicence() {
    restart(HubDouble.builder().key("hf_secret"), "");
    publish(1);
    hub.access(REPO, HubDouble.Access.GATED);
    Repository found = got(hubs.repository(NAME));
    assertThat(found.access()).isEqualTo(Access.GATED);
    Choice choice = found.files().choices().getFirst();

    Trouble without = Yonder.trouble(hubs.headers().of(NAME, choice, Depth.EXACT));
    assertThat(without.text()).contains("is gated", "no HF_TOKEN is set");
    assertThat(without.next()).contains("Accept the licence at " + hub.url() + "/owner/repo");

    Hubs named = Yonder.hubs(hub, "hf_secret");
    Trouble with = Yonder.trouble(named.headers().of(NAME, choice, Depth.EXACT));
    assertThat(with.text()).contains("the account of HF_TOKEN may not read it yet");

    hub.accepted(REPO);
    Trouble then = Yonder.trouble(named.headers().of(NAME, choice, Depth.EXACT));
    assertThat(then.text()).contains("This is not a GGUF file");
  }

  @Test
  void aBusyHubIsLeftAloneForAsLongAsItAsks() {
    publish(1);
    hub.play(Mischief.busy(429, Duration.ofSeconds(40)), LISTING.once());
    assertThat(trouble().retryAfter()).contains(Duration.ofSeconds(40));
    hub.forgetExchanges();
    Trouble again = trouble();
    assertThat(again.text()).contains("wants fewer requests and is asked nothing");
    assertThat(again.retryAfter()).isPresent();
    assertThat(hub.exchanges()).isEmpty();
  }

  @Test
  void aShortWaitIsWaitedFor() {
    publish(1);
    hub.play(Mischief.busy(429, Duration.ofSeconds(1)), LISTING.once());
    assertThat(got(hubs.repository(NAME)).files().choices()).hasSize(1);
  }

  @Test
  void aHubThatStumblesIsAskedAgain() {
    publish(1);
    hub.play(Mischief.status(502), LISTING.times(2));
    assertThat(got(hubs.repository(NAME)).files().choices()).hasSize(1);
    assertThat(hub.exchanges(HubDouble.listingPath(REPO))).hasSize(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "null", "not json", "", "[", "{\"error\":\"x\"}"})
  void whatIsNoListingIsNeverTakenForOne(String body) {
    publish(1);
    hub.play(new Mischief.Instead(Body.of(body)), LISTING);
    assertThat(trouble().kind()).isEqualTo(Kind.WRONG);
  }

  @Test
  void aListingWithoutAnEndIsNotReadToItsEnd() {
    publish(1);
    hub.play(new Mischief.Instead(Body.of("[" + " ".repeat(9 << 20) + "]")), LISTING);
    assertThat(trouble().text()).contains("larger than any listing's page");
  }

  @Test
  void aSignInPageIsCalledWhatItIs() {
    publish(1);
    hub.play(new Mischief.Page(), LISTING);
    assertThat(trouble().text()).contains("a web page instead of data");
    assertThat(trouble().next()).contains("HTTPS_PROXY");
  }

  @Test
  void entriesThatMakeNoSenseAreSkipped() {
    publish(1);
    String listing =
        """
        [{"type":"directory","path":"x","size":0}, {"type":"file"}, 7, null,
         {"type":"file","path":"m-Q8_0.gguf","size":-5},
         {"type":"file","path":"m-Q4_0.gguf","size":7,"lfs":{"oid":"../..","size":9}}]
        """;
    hub.play(new Mischief.Instead(Body.of(listing)), LISTING);
    Sorted files = got(hubs.repository(NAME)).files();
    assertThat(files.choices()).hasSize(1);
    assertThat(files.choices().getFirst().files().getFirst().digest()).isEmpty();
    assertThat(files.choices().getFirst().size()).isEqualTo(9);
  }

  @Test
  void aRedirectToAnotherAddressOfThisNetworkIsNotFollowed() {
    publish(1);
    hub.play(new Mischief.Elsewhere(302, "http://169.254.169.254/latest"), LISTING);
    assertThat(trouble().kind()).isEqualTo(Kind.NOT_ALLOWED);
  }

  @Test
  void aSearchFindsWhatHasTheWords() {
    publish(1);
    hub.file("someone/other", "x-Q4_0.gguf", Content.of("x"));
    hub.info("someone/other", info -> info.put("downloads", 7).put("lastModified", "2026-01-02"));
    assertThat(got(hubs.find("oth er"))).isEmpty();
    List<Hit> found = got(hubs.find("other"));
    assertThat(found)
        .containsExactly(
            new Hit(new RepositoryName("someone", "other"), Access.OPEN, 7, 0, "2026-01-02"));
    hub.play(new Mischief.Page(), Where.path("/api/models"));
    assertThat(Yonder.trouble(hubs.find("x")).kind()).isEqualTo(Kind.WRONG);
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          owner/repo, owner/repo, ''
          owner/repo:Q8_0, owner/repo, Q8_0
          hf.co/owner/repo, owner/repo, ''
          https://huggingface.co/owner/repo/blob/main/m-Q8_0.gguf?download=true, owner/repo, Q8_0
          https://mirror.example/owner/repo/tree/main, owner/repo, ''
          """)
  void aRepositoryIsReadInAnyForm(String text, String repository, String tag) {
    Sought sought = Sought.read(text, URI.create("https://mirror.example"));
    assertThat(sought)
        .isInstanceOfSatisfying(
            Sought.Found.class,
            found -> {
              assertThat(found.repository()).hasToString(repository);
              assertThat(found.tag()).isEqualTo(tag);
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "llama3.2",
        "https://ollama.com/library/llama3.2",
        "https://huggingface.co/datasets/o/r",
        "hf.co/owner",
        "../..",
        "a/b/c/d",
        ""
      })
  void whatIsNoRepositoryIsRefusedWithWhatToWrite(String text) {
    assertThat(Sought.read(text, URI.create("https://huggingface.co")))
        .isInstanceOfSatisfying(Sought.Wrong.class, wrong -> assertThat(wrong.next()).isNotEmpty());
  }
}
