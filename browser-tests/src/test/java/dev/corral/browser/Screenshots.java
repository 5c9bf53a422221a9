package dev.corral.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.corral.browser.Given.backend;
import static dev.corral.browser.Given.loaded;
import static dev.corral.browser.Given.model;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// Pictures of the page to be looked at by people: `-Dtest=Screenshots -Dscreenshots=FOLDER`. Not
/// part of a usual run.
@EnabledIfSystemProperty(named = "screenshots", matches = ".+")
class Screenshots extends OnThePage {
  private static final String ANSWER =
      """
      A palomino has a golden coat with a white mane and tail. In code:

      ```java
      record Horse(String coat, String mane) {
        boolean palomino() {
          return coat.equals("gold") && mane.equals("white");
        }
      }
      ```

      Ask me for the genetics behind it if you like.\
      """;

  @BeforeEach
  void aBusyHouse() {
    page.emulateMedia(new Page.EmulateMediaOptions().setReducedMotion(ReducedMotion.REDUCE));
    corral.backends =
        List.of(
            backend("here", "up", "", "llama3.2:1b", "qwen3:8b", "nomic-embed-text:latest"),
            backend("rig", "up", "", "llama3.1:8b", "qwen3:8b"),
            backend(
                "attic",
                "down",
                "Cannot connect to Ollama server at http://attic:11434. Is it running? Start:"
                    + " 'ollama serve'"));
    corral.models =
        List.of(
            model("llama3.2:1b", List.of("here"), List.of("here")),
            model("llama3.1:8b", "rig"),
            model("qwen3:8b", List.of("here", "rig"), List.of("rig")),
            model("hf.co/bartowski/Qwen2.5-14B-Instruct-GGUF:Q4_K_M", "rig"),
            model("mistral:7b", "attic"));
    corral.running =
        List.of(
            loaded("llama3.2:1b", 1_900_000_000L, 1_900_000_000L, Instant.now().plusSeconds(240)),
            loaded(
                "qwen3:8b", 6_400_000_000L, 4_300_000_000L, Instant.parse("2319-03-03T00:00:00Z")));
    corral.pulls = List.of(Given.pull("pulling", 41.5, 12L, ""));
    corral.catalog =
        List.of(
            Given.entry("Llama 3.2 1B", "llama3.2:1b", "perfect"),
            Given.entry("Qwen 2.5 14B", "qwen2.5:14b", "tight"),
            Given.entry("Llama 3.1 70B", "llama3.1:70b", "wont"));
    corral.chat =
        out -> {
          ScriptedCorral.think(out, "The user asks about horses. A short answer with code.");
          ScriptedCorral.say(out, ANSWER);
          ScriptedCorral.end(out);
        };
  }

  @Test
  void byDay() {
    conversation(ColorScheme.LIGHT, 1320, 900);
    take("light");
    button("New conversation").click();
    take("light-start");
    page.setViewportSize(1920, 1080);
    take("light-1920");
  }

  @Test
  void byNight() {
    conversation(ColorScheme.DARK, 1320, 900);
    take("dark");
  }

  @Test
  void choosing() {
    corral.repository =
        java.util.Map.of(
            "repo",
            "bartowski/Qwen2.5-14B-Instruct-GGUF",
            "architecture",
            "qwen2",
            "contextLength",
            32768,
            "license",
            "apache-2.0",
            "access",
            "open",
            "notes",
            List.of("The file of the projector is fetched with it."),
            "choices",
            List.of(
                Given.choice("Q2_K", false),
                Given.choice("Q4_K_M", true),
                Given.choice("Q8_0", false)));
    corral.pulls =
        List.of(
            Given.pull("pulling", 41.5, 12L, ""),
            Given.pull("stalled", 81.5, null, ""),
            Given.pull("failed", 3, null, "The disk is full. Make room: corral prune"));
    for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
      for (int width : new int[] {1320, 360}) {
        conversation(scheme, width, 900);
        page.getByLabel("Model or address to pull")
            .fill("hf.co/bartowski/Qwen2.5-14B-Instruct-GGUF");
        button("Look").click();
        assertThat(section("bartowski/Qwen2.5-14B-Instruct-GGUF")).containsText("recommended");
        page.screenshot(
            new Page.ScreenshotOptions()
                .setPath(path("choosing-" + scheme + "-" + width))
                .setFullPage(true));
      }
    }
  }

  @Test
  void narrow() {
    conversation(ColorScheme.LIGHT, 360, 780);
    page.locator("nav a[href=\"#chat\"]").click();
    take("narrow-chat");
    page.evaluate("scrollTo(0, 0)");
    take("narrow-top");
    page.screenshot(new Page.ScreenshotOptions().setPath(path("narrow-all")).setFullPage(true));
  }

  @Test
  void inTrouble() {
    corral.chat =
        out -> {
          ScriptedCorral.say(out, "I was about to");
          ScriptedCorral.frame(
              out,
              java.util.Map.of(
                  "error", "an error was encountered while running the model: unexpected EOF"));
        };
    conversation(ColorScheme.LIGHT, 1320, 900);
    assertThat(button("Try again")).isVisible();
    corral.wantedKey = "sk";
    expectState("Key needed");
    take("key-wanted");
  }

  @Test
  void empty() {
    corral.backends = List.of();
    corral.models = List.of();
    corral.running = List.of();
    visit();
    expectState("No backend");
    take("empty");
  }

  @Test
  void gone() throws Exception {
    corral.notes =
        List.of(
            "No keys are in force; everybody who reaches this address may use it. Make one: corral"
                + " keys create NAME");
    page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
    visit();
    expectState("2 of 3 backends up");
    corral.close();
    expectState("Not reachable");
    take("gone");
  }

  private void conversation(ColorScheme scheme, int width, int height) {
    page.emulateMedia(
        new Page.EmulateMediaOptions()
            .setColorScheme(scheme)
            .setReducedMotion(ReducedMotion.REDUCE));
    page.setViewportSize(width, height);
    visit();
    expectState("2 of 3 backends up");
    ask("What is a palomino, in words and in Java?");
    assertThat(button("Send")).isVisible();
    button("Test here").click();
    assertThat(section("Backends")).containsText("Answers");
  }

  private void take(String name) {
    page.screenshot(new Page.ScreenshotOptions().setPath(path(name)));
  }

  private static Path path(String name) {
    return Path.of(System.getProperty("screenshots"), name + ".png");
  }
}
