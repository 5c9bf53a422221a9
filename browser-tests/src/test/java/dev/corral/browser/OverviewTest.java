package dev.corral.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.corral.browser.Given.backend;
import static dev.corral.browser.Given.engine;
import static dev.corral.browser.Given.loaded;
import static dev.corral.browser.Given.model;
import static dev.corral.browser.Given.own;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import dev.corral.api.EngineView;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// What somebody sees who looks at the page and does not chat.
class OverviewTest extends OnThePage {
  @Test
  void backendsModelsAndWhatIsRunningAreShown() {
    corral.backends = List.of(backend("here", "up", "", "llama3.2:1b", "qwen3:8b"));
    corral.models =
        List.of(model("qwen3:8b", "here"), model("llama3.2:1b", List.of("here"), List.of("here")));
    corral.running =
        List.of(
            loaded(
                "llama3.2:1b",
                2_000_000_000L,
                1_000_000_000L,
                Instant.now().plus(Duration.ofHours(4))));
    visit();
    expectState("Ready");
    assertThat(section("Backends")).containsText("http://here:11434");
    assertThat(section("Backends")).containsText("2 models");
    assertThat(section("Models").getByRole(AriaRole.LISTITEM).first()).containsText("llama3.2:1b");
    assertThat(section("Models").getByRole(AriaRole.LISTITEM).first()).containsText("1.3 GB");
    assertThat(section("Running")).containsText("50% on the GPU");
    assertThat(section("Running")).containsText("leaves in 4 h");
  }

  @Test
  void aHouseWithoutBackendsSaysWhatToDoNext() {
    visit();
    expectState("No backend");
    assertThat(section("Backends")).containsText("corral backends add");
    assertThat(section("Running")).containsText("Nothing is in memory");
    assertThat(page.getByLabel("Message")).isDisabled();
  }

  @Test
  void aHouseWithoutModelsNamesTheCommandThatFetchesOne() {
    corral.backends = List.of(backend("here", "up", ""));
    visit();
    assertThat(section("Models")).containsText("corral pull llama3.2:1b");
    assertThat(section("Chat")).containsText("corral pull llama3.2:1b");
  }

  @Test
  void theOwnEngineWithoutAModelSaysWhatItIsAndHowToSeeItWork() {
    corral.backends = List.of(own());
    corral.engine = engine(List.of());
    visit();
    expectState("Ready");
    assertThat(section("Backends")).containsText("own runner, cpu");
    assertThat(section("Models")).containsText("The own engine is ready (own runner, cpu)");
    assertThat(section("Models")).containsText("corral demo");
  }

  @Test
  void aRunnerThatCrashedIsShownWithItsReasonAndItsLog() {
    corral.backends = List.of(own("llama3.2:1b"));
    corral.engine =
        engine(List.of(new EngineView.Ended("llama3.2:1b", Instant.now(), "it crashed", false)));
    visit();
    assertThat(section("Backends")).containsText("it crashed");
    assertThat(section("Backends")).containsText("corral logs runner llama3.2:1b");
  }

  @Test
  void aBackendThatIsDownSaysWhyAndCanBeTested() throws Exception {
    corral.backends =
        List.of(backend("here", "up", ""), backend("rig", "down", "Connection refused by rig."));
    visit();
    expectState("1 of 2 backends up");
    assertThat(section("Backends")).containsText("Connection refused by rig.");
    button("Test here").click();
    assertThat(section("Backends")).containsText("Answers, ");
    assertThat(corral.asked.poll(60, TimeUnit.SECONDS).path())
        .isEqualTo("/manage/backends/here/test");
  }

  @Test
  void aFewLettersFindAModel() {
    corral.models = List.of(model("llama3.2:1b", "here"), model("qwen3:8b", "rig"));
    visit();
    page.getByLabel("Filter models").fill("rig q4");
    assertThat(section("Models").getByRole(AriaRole.LISTITEM)).hasCount(1);
    assertThat(section("Models")).containsText("1 of 2 models");
    page.getByLabel("Filter models").fill("nothing like it");
    assertThat(section("Models")).containsText("No model matches");
    button("Show all").click();
    assertThat(section("Models").getByRole(AriaRole.LISTITEM)).hasCount(2);
  }

  @Test
  void unloadingAsksOllamaToKeepTheModelForNoTimeAtAll() throws Exception {
    corral.running =
        List.of(loaded("qwen3:8b", 6_000, 6_000, Instant.parse("2319-03-03T00:00:00Z")));
    visit();
    assertThat(section("Running")).containsText("stays until unloaded");
    button("Unload qwen3:8b").click();
    ScriptedCorral.Asked asked = corral.asked.poll(60, TimeUnit.SECONDS);
    assertThat(asked.path()).isEqualTo("/api/generate");
    assertThat(asked.body()).contains("\"model\":\"qwen3:8b\"", "\"keep_alive\":0");
  }

  @Test
  void namesThatAreMarkupAreOnlyText() {
    String evil = "<img src=x onerror=\"document.title='owned'\"><script>alert(1)</script>";
    corral.backends = List.of(backend(evil, "down", evil, evil));
    corral.models = List.of(model(evil, evil), model("\u202Egnp.exe", "here"));
    corral.running = List.of(loaded(evil, 5, 5, Instant.now().plus(Duration.ofHours(1))));
    corral.notes = List.of(evil);
    corral.chat =
        out -> {
          ScriptedCorral.think(out, evil);
          ScriptedCorral.say(out, evil + "\n```html\n" + evil + "\n```\n[x](javascript:alert(1))");
          ScriptedCorral.end(out);
        };
    visit();
    assertThat(section("Models")).containsText(evil);
    ask(evil);
    assertThat(lastAnswer()).containsText("javascript:alert(1)");
    assertThat(page.locator("main img, main a[href^=javascript], main script")).hasCount(0);
    assertThat(page.title()).isEqualTo("Corral");
  }

  @Test
  void aServerThatAsksForAKeyGetsItFromThisTabOnly() throws Exception {
    corral.wantedKey = "sk-right";
    corral.backends = List.of(backend("here", "up", ""));
    visit();
    expectState("Key needed");
    Locator field = page.getByLabel("Key", new Page.GetByLabelOptions().setExact(true));
    assertThat(field).isFocused();
    field.fill("sk-wrong");
    field.press("Enter");
    assertThat(page.getByText("The key in use is not accepted")).isVisible();
    field.fill("sk-right");
    button("Use key").click();
    expectState("Ready");
    assertThat(page.evaluate("sessionStorage.getItem('corral.key')")).isEqualTo("sk-right");
    assertThat(page.evaluate("localStorage.length + document.cookie.length")).isEqualTo(0);
    button("Forget key").click();
    expectState("Key needed");
  }

  @Test
  void aKeyThatMayNotManageStillChats() {
    corral.managing = false;
    corral.chat =
        out -> {
          ScriptedCorral.say(out, "Hello.");
          ScriptedCorral.end(out);
        };
    visit();
    assertThat(page.getByText("The key 'app' may not manage.")).isVisible();
    assertThat(section("Models")).containsText("llama3.2:1b");
    assertThat(section("Backends")).hasCount(0);
    ask("hi");
    assertThat(lastAnswer()).containsText("Hello.");
  }

  @Test
  void aServerThatIsGoneIsSaidAndItsReturnIsNoticed() throws Exception {
    corral.backends = List.of(backend("here", "up", ""));
    visit();
    expectState("Ready");
    int port = corral.port();
    corral.close();
    expectState("Not reachable");
    assertThat(page.getByText("does not answer")).isVisible();
    assertThat(section("Backends")).containsText("here");
    corral = new ScriptedCorral(port);
    corral.backends = List.of(backend("back", "up", ""));
    expectState("Ready");
    assertThat(section("Backends")).containsText("back");
  }
}
