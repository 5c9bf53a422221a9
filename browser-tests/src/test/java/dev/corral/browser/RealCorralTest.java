package dev.corral.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import dev.corral.control.PageHeaders;
import dev.corral.testkit.Await;
import dev.corral.testkit.Content;
import dev.corral.testkit.Fault;
import dev.corral.testkit.OllamaNode;
import dev.corral.testkit.Pace;
import dev.corral.testkit.PullPlan;
import dev.corral.testkit.RegistryDouble;
import dev.corral.testkit.RegistryDouble.ImageLayer;
import dev.corral.testkit.TestModel;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The page as the program serves it, in front of a node.
class RealCorralTest extends InTheBrowser {
  private static final Duration SOON = Await.LONG;
  private static final Pattern ASSET = Pattern.compile("/assets/[\\w.-]+");
  private static final String MARKUP = " <img src=x onerror=alert(1)><script>alert(2)</script>";

  private static OllamaNode node;
  private static RunningCorral corral;

  /// A start takes seconds where a test takes one, so all share one, and leave it as it was.
  @BeforeAll
  static void startBoth(@TempDir Path home) throws Exception {
    node =
        OllamaNode.builder()
            .models(
                TestModel.says("fox", TestModel.FOX),
                TestModel.loops("endless", " on and").at(Pace.perToken(Duration.ofMillis(20))),
                TestModel.thinks("thinker", " Let me think.", TestModel.BOX),
                TestModel.says("evil", MARKUP),
                TestModel.embeds("vectors"))
            .start();
    corral = new RunningCorral(node, home);
  }

  @AfterAll
  static void stopBoth() {
    node.close();
    if (corral != null) {
      corral.close();
    }
  }

  @BeforeEach
  void forget() {
    node.forgetExchanges();
  }

  @Override
  String url() {
    return corral.url();
  }

  @Test
  void theProgramServesThePageUnderItsPolicyAndTheAssetsForEver() throws Exception {
    HttpResponse<String> index = corral.get("/", "text/html,application/xhtml+xml");
    expectHeaders(index, PageHeaders.forPage());
    Matcher asset = ASSET.matcher(index.body());
    while (asset.find()) {
      expectHeaders(corral.get(asset.group(), "*/*"), PageHeaders.forAsset(asset.group()));
    }
    assertThat(corral.get("/", "*/*").body()).startsWith("Ollama is running");
    assertThat(corral.get("/assets/none.js", "*/*").statusCode()).isEqualTo(404);
    assertThat(corral.get("/assets/..%2Findex.html", "*/*").statusCode()).isEqualTo(404);
  }

  private static void expectHeaders(HttpResponse<String> answer, Map<String, String> wanted) {
    assertThat(answer.statusCode()).isEqualTo(200);
    wanted.forEach((name, value) -> assertThat(answer.headers().firstValue(name)).contains(value));
  }

  @Test
  void theNodeAndItsModelsAreThere() {
    visit();
    expectState("Ready");
    assertThat(section("Backends")).containsText(node.url().toString());
    assertThat(section("Backends")).containsText("5 models");
    assertThat(section("Models").getByRole(AriaRole.LISTITEM)).hasCount(5);
    assertThat(section("Models")).containsText("thinking");
    assertThat(page.getByRole(AriaRole.BUTTON, named("Chat with vectors:latest"))).hasCount(0);
    section("Backends").getByRole(AriaRole.BUTTON).click();
    assertThat(section("Backends")).containsText("Answers, ");
  }

  @Test
  void aConversationLoadsTheModelAndTheButtonUnloadsIt() {
    visit();
    talkTo("fox:latest", "What does it do?");
    assertThat(lastAnswer()).containsText("The quick brown fox jumps over the lazy dog.");
    assertThat(lastAnswer()).containsText("tokens");
    assertThat(section("Running")).containsText("fox");
    assertThat(section("Models").getByRole(AriaRole.LISTITEM).first()).containsText("loaded");
    Locator unload = page.getByRole(AriaRole.BUTTON, named("Unload fox:latest"));
    unload.click();
    assertThat(unload).hasCount(0);
    Await.until(() -> !node.isLoaded("fox"), "the node has unloaded it");
  }

  @Test
  void stopReachesTheNode() {
    visit();
    talkTo("endless:latest", "Go on");
    assertThat(lastAnswer()).containsText("on and on and");
    button("Stop").click();
    node.awaitExchange("/api/chat", SOON).awaitCancelled(SOON);
    assertThat(lastAnswer()).containsText("Stopped.");
    assertThat(button("Send")).isVisible();
  }

  @Test
  void thinkingIsFolded() {
    visit();
    talkTo("thinker:latest", "Think");
    assertThat(lastAnswer()).containsText("liquor jugs");
    assertThat(lastAnswer().getByText("Let me think.")).isHidden();
    lastAnswer().getByText("Thought for").click();
    assertThat(lastAnswer().getByText("Let me think.")).isVisible();
  }

  @Test
  void anAnswerThatIsMarkupIsOnlyText() {
    visit();
    talkTo("evil:latest", "Be evil");
    assertThat(lastAnswer()).containsText(MARKUP.strip());
    assertThat(page.locator("main img, main script")).hasCount(0);
  }

  @Test
  void anAnswerThatTheNodeBreaksOffIsNotTakenForAWholeOne() {
    node.injectOnce(Fault.cutAfter(4));
    visit();
    talkTo("fox:latest", "Break");
    assertThat(lastAnswer()).containsText("The quick brown");
    assertThat(button("Try again")).isVisible();
    button("Try again").click();
    assertThat(lastAnswer()).containsText("lazy dog.");
  }

  @Test
  void onceAKeyIsMadeThePageAsksForIt(@TempDir Path otherHome) throws Exception {
    try (RunningCorral locked = new RunningCorral(node, otherHome)) {
      page.navigate(locked.url());
      expectState("Ready");
      HttpResponse<String> made =
          locked.post(
              "/manage/keys",
              "{\"name\":\"page\",\"scopes\":[\"infer\",\"manage\"],\"expiresIn\":\"\"}");
      assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
      expectState("Key needed");
      page.getByLabel("Key", new Page.GetByLabelOptions().setExact(true))
          .fill(new ObjectMapper().readTree(made.body()).path("secret").asText());
      button("Use key").click();
      expectState("Ready");
      talkTo("fox:latest", "Still there?");
      assertThat(lastAnswer()).containsText("lazy dog.");
    }
  }

  @Test
  void aPullGoesOnThroughAReloadAndIsTheSameInEveryTab(@TempDir Path otherHome) throws Exception {
    try (RegistryDouble registry = RegistryDouble.start()) {
      String name = "127.0.0.1:" + registry.port() + "/ns/fox:t";
      Content weights = Content.random(300_000, 11);
      Content config = Content.of("{\"model_format\":\"gguf\"}");
      String digest = registry.publish("ns/fox:t", config, new ImageLayer("model", weights));
      node.onPull(
          name,
          PullPlan.brings(TestModel.says(name, "x").ofSize(weights.size()))
              .of(digest.substring(7), weights.digest().substring(7))
              .in(1000, Duration.ofMillis(300)));
      Files.writeString(
          otherHome.resolve("corral.yaml"), "pull: {registries: [\"" + registry.url() + "\"]}\n");
      try (RunningCorral pulling = new RunningCorral(node, otherHome)) {
        page.navigate(pulling.url());
        page.getByLabel("Model or address to pull").fill(name);
        page.getByLabel("Model or address to pull").press("Enter");
        assertThat(section("Downloads")).containsText("% of 300 kB");
        page.reload();
        assertThat(section("Downloads")).containsText("% of 300 kB");
        assertThat(section("Downloads")).containsText("1 pull at work");
        Page other = profile.newPage();
        other.navigate(pulling.url());
        other
            .getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Cancel " + name))
            .click();
        assertThat(section("Downloads")).containsText("Cancelled");
        assertThat(button("Try " + name + " again")).isVisible();
      }
    }
  }

  @Test
  void aRestartIsSurvived() throws Exception {
    visit();
    expectState("Ready");
    corral.stop();
    expectState("Not reachable");
    corral.start();
    expectState("Ready");
  }

  @ParameterizedTest
  @EnumSource(
      value = ColorScheme.class,
      names = {"LIGHT", "DARK"})
  void axeFindsNothingToComplainAbout(ColorScheme scheme) {
    page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
    visit();
    talkTo("thinker:latest", "Think");
    assertThat(lastAnswer()).containsText("liquor jugs");
    assertThat(section("Running")).containsText("thinker");
    assertThat(new AxeBuilder(page).analyze().getViolations()).isEmpty();
  }

  private void talkTo(String model, String question) {
    page.getByLabel("Model", new Page.GetByLabelOptions().setExact(true)).selectOption(model);
    ask(question);
  }

  private static Page.GetByRoleOptions named(String name) {
    return new Page.GetByRoleOptions().setName(name).setExact(true);
  }
}
