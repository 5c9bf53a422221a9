package dev.corral.runner.engine;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.corral.runner.TinyModels;
import dev.corral.runner.llama.Natives;
import dev.corral.runner.llama.NativesUnusable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Models that come and go, and files that are none.
class LoadTest {

  @TempDir private Path folder;

  @Test
  void twoModelsLiveSideBySideAndLeaveOneByOne() throws Exception {
    var natives = TinyModels.natives();
    var sentence = Engine.load(settings("markov-a", natives), share -> {});
    try (var counting = Engine.load(settings("markov-loop", natives), share -> {})) {
      assertThat(say(sentence)).isEqualTo(" The quick brown");
      sentence.close();
      assertThat(say(counting)).isEqualTo(" one two three");
    }
    try (var again = Engine.load(settings("markov-stutter", natives), share -> {})) {
      assertThat(again.alive()).isTrue();
    }
  }

  @Test
  void theShareThatIsLoadedIsTold() throws Exception {
    var shares = new CopyOnWriteArrayList<Double>();
    Engine.load(settings("markov-a", TinyModels.natives()), shares::add).close();

    assertThat(shares).isNotEmpty().isSorted();
    assertThat(shares.getLast()).isEqualTo(1);
  }

  @Test
  void aModelThatIsUnloadedFailsWhatItWasDoingAndWhatComesLater() throws Exception {
    var engine = Engine.load(settings("markov-loop", TinyModels.natives()), share -> {});
    var written = new Heard();
    engine.submit(Ask.greedy(List.of(5), -1).task(), written);
    engine.close();
    var late = new Heard();
    engine.submit(Ask.greedy(List.of(5), 1).task(), late);

    assertThat(written.failed().kind()).isEqualTo(TaskFailed.Kind.CLOSED);
    assertThat(late.failed().kind()).isEqualTo(TaskFailed.Kind.CLOSED);
    assertThat(engine.alive()).isFalse();
    assertThatThrownBy(() -> engine.tokenize("x", false, false))
        .isInstanceOf(IllegalStateException.class);
    engine.close();
  }

  @Test
  void filesThatAreNoModelAreRefusedWithAReasonAndWithoutTheirPath() throws Exception {
    var natives = TinyModels.natives();
    var model = Files.readAllBytes(TinyModels.unpack("markov-a", folder));

    refused(natives, new byte[0]);
    refused(natives, "this is a text and no model at all".getBytes(ISO_8859_1));
    assertThat(refused(natives, Arrays.copyOf(model, 4096))).isNotBlank();
    assertThat(refused(natives, Arrays.copyOf(model, model.length / 2)))
        .contains("not within the file bounds");
    assertThat(refused(natives, withArchitecture(model, "zlama")))
        .isEqualTo("unknown model architecture: 'zlama'");
  }

  private String refused(Path natives, byte[] bytes) throws Exception {
    var file = folder.resolve("none.gguf");
    Files.write(file, bytes);
    var refused =
        assertThrows(
            ModelRefused.class,
            () -> Engine.load(Asked.settings(file, natives, 256, 1), share -> {}));
    assertThat(refused.getMessage()).doesNotContain(folder.toString());
    return refused.getMessage();
  }

  /// The architecture is the first text in the header with this length and content.
  private static byte[] withArchitecture(byte[] model, String name) {
    var text = new String(model, ISO_8859_1);
    int at = text.indexOf("general.architecture") + "general.architecture".length() + 12;
    return (text.substring(0, at) + name + text.substring(at + name.length())).getBytes(ISO_8859_1);
  }

  @Test
  void aFileThatIsNotThereIsRefused() {
    var natives = TinyModels.natives();
    var missing = folder.resolve("missing.gguf");

    assertThatThrownBy(() -> Engine.load(Asked.settings(missing, natives, 256, 1), share -> {}))
        .isInstanceOf(ModelRefused.class)
        .message()
        .doesNotContain(folder.toString());
  }

  @Test
  void aFolderWithoutLibrariesIsRefusedWithWhatToDo() {
    assertThatThrownBy(() -> Natives.load(folder))
        .isInstanceOf(NativesUnusable.class)
        .hasMessageContaining("npm ci");
  }

  @Test
  void settingsThatCannotBeAreRefused() {
    var natives = TinyModels.natives();
    assertThatThrownBy(() -> Asked.settings(folder, natives, 256, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private EngineSettings settings(String name, Path natives) {
    return Asked.settings(TinyModels.unpack(name, folder), natives, 256, 1);
  }

  private static String say(Engine engine) {
    var heard = new Heard();
    engine.submit(Ask.greedy(List.of(5), 3).task(), heard);
    return heard.text();
  }
}
