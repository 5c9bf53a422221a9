package dev.corral.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.corral.browser.Given.backend;
import static dev.corral.browser.Given.loaded;
import static dev.corral.browser.Given.model;
import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The page is for everybody: by keyboard, by screen reader, on a small screen, by day and night.
class EverybodyTest extends OnThePage {
  private static final String LONG =
      "hf.co/bartowski/A-Very-Long-Name-Of-A-Repository-That-Goes-On-And-On-Instruct-GGUF:Q4_K_M";

  @BeforeEach
  void aFullPage() {
    corral.backends =
        List.of(
            backend("here", "up", "", "llama3.2:1b"),
            backend("rig", "down", "Connection refused: nothing listens there."));
    corral.models =
        List.of(model("llama3.2:1b", List.of("here"), List.of("here")), model(LONG, "rig"));
    corral.running = List.of(loaded("llama3.2:1b", 2_000, 1_500, Instant.now().plusSeconds(99)));
    corral.notes = List.of("The file corral.yaml has changed and is broken; line 3 says 'prot'.");
    corral.chat =
        out -> {
          ScriptedCorral.think(out, "Hm.");
          ScriptedCorral.say(out, "Look:\n```\n" + "wide ".repeat(60) + "\n```\nThere.");
          ScriptedCorral.end(out);
        };
  }

  @ParameterizedTest
  @EnumSource(
      value = ColorScheme.class,
      names = {"LIGHT", "DARK"})
  void axeFindsNothingToComplainAbout(ColorScheme scheme) {
    page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
    visit();
    ask("Show me");
    assertThat(lastAnswer()).containsText("There.");
    expectAccessible();
    corral.chatStatus = 500;
    ask("And now?");
    assertThat(button("Try again")).isVisible();
    expectAccessible();
    corral.wantedKey = "sk";
    expectState("Key needed");
    expectAccessible();
    corral.close();
    expectState("Not reachable");
    expectAccessible();
  }

  private void expectAccessible() {
    assertThat(new AxeBuilder(page).analyze().getViolations())
        .as("violations")
        .extracting(rule -> rule.getId() + ": " + rule.getNodes())
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {360, 768, 1024, 1920})
  void nothingSticksOutSideways(int width) {
    page.setViewportSize(width, 740);
    visit();
    ask(LONG);
    assertThat(lastAnswer()).containsText("There.");
    assertThat((Integer) page.evaluate("document.documentElement.scrollWidth"))
        .isLessThanOrEqualTo(width);
  }

  @Test
  void aConversationNeedsNoMouse() {
    visit();
    expectState("1 of 2 backends up");
    page.keyboard().press("Tab");
    assertThat(page.getByText("Skip to the chat")).isFocused();
    page.keyboard().press("Enter");
    page.keyboard().press("Tab");
    assertThat(page.getByLabel("Model", new Page.GetByLabelOptions().setExact(true))).isFocused();
    page.keyboard().press("Tab");
    assertThat(page.getByRole(AriaRole.LOG)).isFocused();
    page.keyboard().press("Tab");
    assertThat(button("Say hello in three languages.")).isFocused();
    page.keyboard().press("Enter");
    assertThat(lastAnswer()).containsText("There.");
    assertThat(page.getByLabel("Message")).isFocused();
    page.keyboard().type("And in four?");
    page.keyboard().press("Enter");
    assertThat(page.locator(".answer")).hasCount(2);
    assertThat(lastAnswer()).containsText("There.");
    assertThat(page.getByLabel("Message")).isFocused();
  }

  @Test
  void choosingAModelFromTheListLeadsToTheField() {
    visit();
    button("Chat with " + LONG).press("Enter");
    assertThat(page.getByLabel("Message")).isFocused();
    assertThat(page.getByLabel("Model", new Page.GetByLabelOptions().setExact(true)))
        .hasValue(LONG);
  }

  @Test
  void whoWantsLessMotionGetsNone() {
    page.emulateMedia(new Page.EmulateMediaOptions().setReducedMotion(ReducedMotion.REDUCE));
    CountDownLatch looked = new CountDownLatch(1);
    corral.chat = _ -> looked.await();
    visit();
    ask("Wait");
    assertThat(page.locator(".typing i").first()).isVisible();
    assertThat((Integer) page.evaluate("document.getAnimations().length")).isZero();
    looked.countDown();
  }
}
