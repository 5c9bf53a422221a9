package dev.corral.browser;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/// The system's own Chromium, started once for all tests; they are skipped where there is none.
final class Chromium implements ExecutionCondition {
  private static final List<String> QUIET =
      List.of(
          "--no-sandbox",
          "--disable-gpu",
          "--disable-quic",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync");

  /// How long an assertion looks again, and anything else may take, on the slowest machine.
  static final double PATIENCE_MILLIS = 60_000;

  private static final double START_MILLIS = 2 * PATIENCE_MILLIS;

  private static Browser browser;

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return program()
        .map(path -> ConditionEvaluationResult.enabled(path.toString()))
        .orElseGet(() ->
            ConditionEvaluationResult.disabled(
                "no Chromium here: install it (apt install chromium) or set CORRAL_CHROMIUM to its"
                    + " path"));
  }

  static synchronized Browser started() {
    if (browser == null) {
      Playwright playwright =
          Playwright.create(
              new Playwright.CreateOptions()
                  .setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
      Runtime.getRuntime().addShutdownHook(new Thread(playwright::close));
      PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MILLIS);
      browser =
          playwright
              .chromium()
              .launch(
                  new BrowserType.LaunchOptions()
                      .setTimeout(START_MILLIS)
                      .setExecutablePath(program().orElseThrow())
                      .setArgs(QUIET));
    }
    return browser;
  }

  private static Optional<Path> program() {
    return Stream.of(
            System.getenv().getOrDefault("CORRAL_CHROMIUM", ""),
            "/usr/bin/chromium",
            "/usr/bin/chromium-browser",
            "/usr/bin/google-chrome",
            "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
            "C:/Program Files/Google/Chrome/Application/chrome.exe")
        .filter(path -> !path.isEmpty())
        .map(Path::of)
        .filter(Files::isExecutable)
        .findFirst();
  }
}
