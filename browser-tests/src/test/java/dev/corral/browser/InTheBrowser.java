package dev.corral.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/// A fresh browser profile; whatever a test does, the page must not have tried anything that its
/// policy forbids.
@ExtendWith(Chromium.class)
abstract class InTheBrowser {
  /// Makes the browser tell what the policy stopped; the console tells the rest.
  private static final String WATCH_POLICY =
      "addEventListener('securitypolicyviolation', e => console.error('POLICY ' + e.violatedDirective + ' ' + e.blockedURI + ' ' + e.sample))";

  private static final int WIDE = 1320;

  final List<String> complaints = new CopyOnWriteArrayList<>();
  BrowserContext profile;
  Page page;

  @BeforeEach
  void openProfile() {
    profile = Chromium.started().newContext(options());
    profile.setDefaultTimeout(Chromium.PATIENCE_MILLIS);
    page = watched();
  }

  /// Where the page is served.
  abstract String url();

  Browser.NewContextOptions options() {
    return new Browser.NewContextOptions()
        .setViewportSize(WIDE, 900)
        .setColorScheme(ColorScheme.LIGHT);
  }

  private Page watched() {
    Page page = profile.newPage();
    page.addInitScript(WATCH_POLICY);
    page.onConsoleMessage(message -> {
      if (message.text().startsWith("POLICY") || message.text().contains("Content Security")) {
        complaints.add(message.text());
      }
    });
    page.onPageError(complaints::add);
    page.onDialog(dialog -> {
      complaints.add("dialog: " + dialog.message());
      dialog.dismiss();
    });
    return page;
  }

  @AfterEach
  void closeProfile() {
    profile.close();
    assertThat(complaints).as("what the policy stopped, and errors of the page").isEmpty();
  }

  Page visit() {
    page.navigate(url());
    return page;
  }

  Locator section(String title) {
    return page.getByRole(AriaRole.REGION, new Page.GetByRoleOptions().setName(title));
  }

  Locator button(String name) {
    return page.getByRole(
        AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  void ask(String question) {
    page.getByLabel("Message").fill(question);
    page.getByLabel("Message").press("Enter");
  }

  Locator lastAnswer() {
    return page.locator(".answer").last();
  }

  void expectState(String words) {
    assertThat(page.locator("#state")).hasText(words);
  }
}
