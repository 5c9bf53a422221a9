package dev.corral.browser;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// The page in front of a server that says what the test wants.
abstract class OnThePage extends InTheBrowser {
  ScriptedCorral corral;

  @BeforeEach
  void startScripted() throws IOException {
    corral = new ScriptedCorral(0);
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
