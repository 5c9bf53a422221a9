package dev.corral.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.corral.browser.Given.backend;
import static dev.corral.browser.Given.choice;
import static dev.corral.browser.Given.entry;
import static dev.corral.browser.Given.pull;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.SelectOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Somebody chooses a model that fits, pulls it, and watches it come.
class ChoosingTest extends OnThePage {
  @BeforeEach
  void aHouseWithALibrary() {
    corral.backends = List.of(backend("here", "up", ""));
    corral.catalog = List.of(entry("Llama 3.2 1B", "llama3.2:1b", "perfect"));
  }

  @Test
  void aModelOfTheLibraryIsPulledWithOneClick() throws Exception {
    visit();
    assertThat(section("Library")).containsText("Llama 3.2 1B");
    assertThat(section("Library")).containsText("fits");
    assertThat(section("Library")).containsText("not rated");
    button("Pull Llama 3.2 1B").click();
    ScriptedCorral.Asked asked = asked();
    assertThat(asked.path()).isEqualTo("/manage/pulls");
    assertThat(asked.body()).isEqualTo("{\"model\":\"llama3.2:1b\"}");
  }

  @Test
  void aModelThatDoesNotFitSaysWhyAndIsHadByInsisting() throws Exception {
    corral.catalog = List.of(entry("Llama 3.1 70B", "llama3.1:70b", "wont"));
    visit();
    assertThat(section("Library"))
        .containsText("It needs 40 GB, 8 GB are free. A smaller one fits: llama3.1:8b.");
    button("Pull anyway Llama 3.1 70B").click();
    assertThat(asked().body()).isEqualTo("{\"model\":\"llama3.1:70b\"}");
  }

  @Test
  void aModelThatIsTrackedAndMissingIsPulledAndNotAsked() throws Exception {
    corral.models = List.of(Given.missing("llama3.2:1b"));
    visit();
    assertThat(section("Models")).containsText("missing");
    assertThat(section("Library")).not().containsText("here");
    assertThat(page.getByLabel("Message")).isDisabled();
    button("Pull llama3.2:1b").click();
    assertThat(asked().body()).isEqualTo("{\"model\":\"llama3.2:1b\"}");
  }

  @Test
  void theLibraryIsSiftedByWordsAndByTheCardOneThinksOfBuying() throws Exception {
    visit();
    assertThat(section("Library")).containsText("Llama 3.2 1B");
    corral.queries.clear();
    page.getByLabel("Graphics card").selectOption(new SelectOption().setLabel("12 GB · RTX 3060"));
    assertThat(corral.queries.poll(60, TimeUnit.SECONDS)).isEqualTo("vram=12GiB");
    page.getByLabel("Search the library").fill("code");
    assertThat(corral.queries.poll(60, TimeUnit.SECONDS)).isEqualTo("word=code&vram=12GiB");
  }

  @Test
  void anOlderQuestionThatFailsLateDoesNotSpoilTheNewerAnswer() {
    Held slow = new Held("**/manage/catalog?word=slow");
    visit();
    page.getByLabel("Search the library").fill("slow");
    slow.awaitAsked();
    page.waitForResponse(
        "**/manage/catalog?word=llama", () -> page.getByLabel("Search the library").fill("llama"));
    slow.fail();
    assertThat(section("Library")).containsText("Llama 3.2 1B");
    assertThat(section("Library")).not().containsText("too late");
  }

  @Test
  void anOlderAddressThatFailsLateDoesNotSpoilTheNewerOne() {
    Held slow = new Held("**/manage/hub?repo=hf.co*slow");
    visit();
    look("hf.co/owner/slow");
    slow.awaitAsked();
    corral.repository =
        Map.of("repo", "owner/quick", "access", "open", "notes", List.of(), "choices", List.of());
    look("hf.co/owner/quick");
    assertThat(section("owner/quick")).isVisible();
    slow.fail();
    assertThat(section("owner/quick")).not().containsText("too late");
  }

  private void look(String address) {
    page.getByLabel("Model or address to pull").fill(address);
    button("Look").click();
  }

  /// A question of the page whose answer a test keeps back.
  private final class Held {
    private final String address;
    private final List<Route> routes = new ArrayList<>();

    Held(String address) {
      this.address = address;
      page.route(address, routes::add);
    }

    void awaitAsked() {
      page.waitForCondition(() -> !routes.isEmpty());
    }

    /// Until the page has drawn what it makes of it.
    void fail() {
      page.waitForResponse(
          address,
          () ->
              routes.forEach(route ->
                  route.fulfill(
                      new Route.FulfillOptions().setStatus(503).setBody("It comes too late."))));
      page.evaluate(
          "() => new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))");
    }
  }

  @Test
  void aPullShowsHowFarItIsAndCanBePausedAndCancelled() throws Exception {
    corral.pulls = List.of(pull("pulling", 41.5, 12L, ""));
    visit();
    assertThat(section("Downloads")).containsText("41.5 % of 1.3 GB");
    assertThat(section("Downloads")).containsText("20 MB/s");
    assertThat(section("Downloads")).containsText("12 s to 24 s left");
    button("Pause llama3.2:1b").click();
    assertThat(asked().path()).isEqualTo("/manage/pulls/7/pause");
    corral.pulls = List.of(pull("stalled", 41.5, null, ""));
    assertThat(section("Downloads")).containsText("no bytes for a while, it tries again");
    corral.pulls = List.of(pull("paused", 41.5, null, ""));
    assertThat(section("Downloads")).containsText("Paused");
    button("Resume llama3.2:1b").click();
    assertThat(asked().path()).isEqualTo("/manage/pulls/7/resume");
    button("Cancel llama3.2:1b").click();
    assertThat(asked().path()).isEqualTo("/manage/pulls/7");
  }

  @Test
  void aPullThatFailedSaysWhyAndIsTriedAgain() throws Exception {
    corral.pulls = List.of(pull("failed", 41.5, null, "The disk is full. Make room: corral prune"));
    visit();
    assertThat(section("Downloads")).containsText("The disk is full. Make room: corral prune");
    button("Try llama3.2:1b again").click();
    assertThat(asked().body())
        .as("to where it was to go")
        .isEqualTo("{\"model\":\"llama3.2:1b\",\"on\":\"own\"}");
  }

  @Test
  void anAddressOfHuggingFaceShowsItsQuantizationsAndOneIsPulled() throws Exception {
    corral.repository =
        Map.of(
            "repo",
            "bartowski/Qwen2.5-14B-Instruct-GGUF",
            "architecture",
            "qwen2",
            "license",
            "apache-2.0",
            "access",
            "open",
            "notes",
            List.of(),
            "choices",
            List.of(choice("Q4_K_M", true), choice("Q8_0", false)));
    visit();
    page.getByLabel("Model or address to pull")
        .fill("https://huggingface.co/bartowski/Qwen2.5-14B-Instruct-GGUF/tree/main");
    button("Look").click();
    assertThat(section("bartowski/Qwen2.5-14B-Instruct-GGUF")).containsText("recommended");
    assertThat(section("bartowski/Qwen2.5-14B-Instruct-GGUF")).containsText("good quality");
    button("Pull Q8_0").click();
    assertThat(asked().body())
        .isEqualTo("{\"model\":\"hf.co/bartowski/Qwen2.5-14B-Instruct-GGUF:Q8_0\"}");
  }

  @Test
  void anAddressThatLeadsNowhereIsSaidInTheServersWords() {
    visit();
    page.getByLabel("Model or address to pull").fill("hf.co/nobody/nothing");
    button("Look").click();
    assertThat(section("hf.co/nobody/nothing"))
        .containsText("Hugging Face has no repository of that name.");
  }

  private ScriptedCorral.Asked asked() throws InterruptedException {
    ScriptedCorral.@Nullable Asked asked = corral.asked.poll(60, TimeUnit.SECONDS);
    assertThat(asked).as("a request").isNotNull();
    return asked;
  }
}
