package dev.corral.browser;

import dev.corral.testkit.FreePort;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// The page in front of a server that says what the test wants.
abstract class OnThePage extends InTheBrowser {
  ScriptedCorral corral;

  @BeforeEach
  void startScripted() throws IOException {
    // One that can be taken again after an end.
    corral = new ScriptedCorral(FreePort.find());
  }

  @AfterEach
  void stopScripted() {
    corral.close();
  }

  @Override
  String url() {
    return corral.url();
  }
}
