package dev.corral.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.testkit.Fault;
import dev.corral.testkit.OllamaNode;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The verbs of Ollama, against what behaves like an Ollama and knows nothing of Corral.
class AgainstOllamaTest {
  private static final String FOX = " The quick brown fox jumps over the lazy dog.";

  @TempDir Path home;
  private OllamaNode node;
  private Typed typed;

  @BeforeEach
  void start() {
    node = OllamaNode.start();
    typed = new Typed(home);
    typed.environment.put("CORRAL_URL", node.url().toString());
  }

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void aModelIsListedShownAskedCopiedStoppedAndRemoved() {
    assertThat(typed.run("list")).isZero();
    assertThat(typed.out()).contains("markov-a:latest\t");
    assertThat(typed.run("show", "markov-a")).isZero();
    assertThat(typed.out()).contains("completion");
    assertThat(typed.run("run", "markov-a", "Speak.", "--verbose")).isZero();
    assertThat(typed.out()).isEqualTo(FOX + "\n");
    assertThat(typed.err()).contains("eval rate:");
    assertThat(typed.run("ps")).isZero();
    assertThat(typed.out()).contains("markov-a:latest\t");
    assertThat(typed.run("cp", "markov-a", "fox")).isZero();
    assertThat(typed.run("run", "fox", "Speak.")).isZero();
    assertThat(typed.run("stop", "fox")).isZero();
    assertThat(typed.run("rm", "fox")).isZero();
    assertThat(typed.run("rm", "fox")).isEqualTo(4);
  }

  @Test
  void theThinkingOfAModelStaysOutOfAPipe() {
    assertThat(typed.run("run", "markov-think", "Speak.")).isZero();
    assertThat(typed.out()).doesNotContain("Let me think");
    typed.onATerminal().run("run", "markov-think", "Speak.");
    assertThat(typed.out()).contains("Thinking...").contains("Let me think.");
  }

  @Test
  void anAnswerThatIsCutIsNeverASuccess() {
    node.injectOnce(Fault.cutAfter(3));
    assertThat(typed.run("run", "markov-a", "Speak.")).isEqualTo(1);
    assertThat(typed.out()).startsWith(" The quick");
    node.injectOnce(new Fault.CleanEndAfter(3));
    assertThat(typed.run("run", "markov-a", "Speak.")).isEqualTo(1);
    node.injectOnce(new Fault.LateError(3, Fault.RUNNER_DIED));
    assertThat(typed.run("run", "markov-a", "Speak.")).isEqualTo(1);
    assertThat(typed.err()).contains(Fault.RUNNER_DIED);
  }

  @Test
  void whatOnlyCorralKnowsSaysThatThisIsNoCorral() {
    assertThat(typed.run("keys")).isEqualTo(1);
    assertThat(typed.err()).contains("no Corral", "--url");
    assertThat(typed.run("doctor", "cannot-connect")).isEqualTo(1);
    assertThat(typed.out()).contains("is an Ollama itself");
  }
}
