package dev.corral.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static dev.corral.browser.Given.model;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A conversation on the page.
class ChatTest extends OnThePage {
  @BeforeEach
  void oneModel() {
    corral.models = List.of(model("llama3.2:1b", "here"));
  }

  @Test
  void anAnswerAppearsWhileItIsWritten() throws Exception {
    CountDownLatch seen = new CountDownLatch(1);
    corral.chat =
        out -> {
          ScriptedCorral.say(out, "Once upon");
          seen.await(60, TimeUnit.SECONDS);
          ScriptedCorral.say(out, " a time.");
          ScriptedCorral.end(out);
        };
    visit();
    ask("Tell me a story");
    assertThat(lastAnswer()).containsText("Once upon");
    assertThat(button("Stop")).isVisible();
    seen.countDown();
    assertThat(lastAnswer()).containsText("Once upon a time.");
    assertThat(lastAnswer()).containsText("on here");
    assertThat(lastAnswer()).containsText("54 tokens/s");
    assertThat(button("Send")).isVisible();
    ask("And then?");
    assertThat(page.locator(".answer")).hasCount(2);
    assertThat(corral.asked.take().body()).contains("Tell me a story");
    assertThat(corral.asked.take().body())
        .contains("{\"role\":\"assistant\",\"content\":\"Once upon a time.\"}");
  }

  @Test
  void stopHangsUpOnTheServer() throws Exception {
    CountDownLatch hungUp = new CountDownLatch(1);
    corral.chat =
        out -> {
          try {
            while (true) {
              ScriptedCorral.say(out, "and on ");
              Thread.sleep(10);
            }
          } catch (IOException e) {
            hungUp.countDown();
          }
        };
    visit();
    ask("Go on for ever");
    assertThat(lastAnswer()).containsText("and on and on");
    button("Stop").click();
    assertThat(hungUp.await(60, TimeUnit.SECONDS)).as("the server noticed").isTrue();
    assertThat(lastAnswer()).containsText("Stopped.");
    assertThat(button("Send")).isVisible();
  }

  @Test
  void bordersOfChunksFallAnywhereEvenInsideALetter() {
    corral.chat =
        out -> {
          ByteArrayOutputStream whole = new ByteArrayOutputStream();
          ScriptedCorral.say(whole, "Grüße, 🐎 und — ");
          whole.write("\n\n".getBytes(StandardCharsets.UTF_8));
          ScriptedCorral.say(whole, "日本語.");
          ScriptedCorral.end(whole);
          for (byte one : whole.toByteArray()) {
            out.write(one);
            out.flush();
          }
        };
    visit();
    ask("Greet");
    assertThat(lastAnswer()).containsText("Grüße, 🐎 und — 日本語.");
    assertThat(lastAnswer()).containsText("128 tokens");
  }

  @Test
  void thinkingIsFoldedAndCodeStandsApart() {
    corral.chat =
        out -> {
          ScriptedCorral.think(out, "The user wants code.");
          ScriptedCorral.say(out, "Here:\n```java\nvar x = 1 < 2;\n```\nDone **so**.");
          ScriptedCorral.end(out);
        };
    visit();
    ask("Code, please");
    assertThat(lastAnswer().locator("pre")).hasText("var x = 1 < 2;");
    assertThat(lastAnswer()).containsText("Done **so**.");
    assertThat(lastAnswer().getByText("The user wants code.")).isHidden();
    lastAnswer().getByText("Thought for").click();
    assertThat(lastAnswer().getByText("The user wants code.")).isVisible();
  }

  @Test
  void aRefusalIsShownInTheServersOwnWordsAndCanBeTriedAgain() {
    corral.chatStatus = 404;
    corral.chat =
        out ->
            ScriptedCorral.frame(
                out, Map.of("error", "model 'x' not found. Fetch it: corral pull x"));
    visit();
    ask("Hello?");
    assertThat(lastAnswer()).containsText("model 'x' not found. Fetch it: corral pull x");
    corral.chatStatus = 200;
    corral.chat =
        out -> {
          ScriptedCorral.say(out, "Here I am.");
          ScriptedCorral.end(out);
        };
    button("Try again").click();
    assertThat(lastAnswer()).containsText("Here I am.");
    assertThat(page.locator(".answer")).hasCount(1);
  }

  @Test
  void anErrorInTheMiddleKeepsWhatCameBefore() {
    corral.chat =
        out -> {
          ScriptedCorral.say(out, "The beginning");
          ScriptedCorral.frame(out, Map.of("error", "an error was encountered: unexpected EOF"));
        };
    visit();
    ask("Break");
    assertThat(lastAnswer()).containsText("The beginning");
    assertThat(lastAnswer()).containsText("unexpected EOF");
  }

  @Test
  void anAnswerWithoutItsEndIsNotTakenForAWholeOne() {
    corral.chat = out -> ScriptedCorral.say(out, "Half of");
    visit();
    ask("Break off");
    assertThat(lastAnswer()).containsText("ended before it was complete");
  }

  @Test
  void enterSendsAndShiftEnterStartsALine() throws Exception {
    corral.chat = ScriptedCorral::end;
    visit();
    page.getByLabel("Message").fill("one");
    page.getByLabel("Message").press("Shift+Enter");
    page.keyboard().type("two");
    page.keyboard().press("Enter");
    assertThat(page.getByLabel("Message")).hasValue("");
    assertThat(corral.asked.take().body()).contains("\"content\":\"one\\ntwo\"");
  }
}
