package dev.corral.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files that a question names.
class AttachedTest {
  private static final String PNG = "\u0089PNG\r\n\u001a\n and more";

  @TempDir Path folder;
  private Path cat;

  @BeforeEach
  void draw() throws IOException {
    cat = file("cat.png", PNG);
  }

  private Path file(String name, String bytes) throws IOException {
    return Files.write(folder.resolve(name), bytes.getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void aPictureGoesAlongAndItsNameLeavesTheText() {
    Attached read = Attached.read("what is on " + cat + " ?");
    assertThat(read.text()).isEqualTo("what is on  ?");
    assertThat(read.contents())
        .containsExactly(
            Base64.getEncoder().encodeToString(PNG.getBytes(StandardCharsets.ISO_8859_1)));
    assertThat(read.told()).containsExactly("Added '" + cat + "'");
  }

  @Test
  void severalPicturesAndSoundsGoTogetherWithSpacesInTheirNames() throws IOException {
    Path dog = file("my dog.JPG", "\u00ff\u00d8\u00ff\u00e0 and more");
    Path bark = file("bark.wav", "RIFF1234WAVEfmt ");
    String dragged = dog.toString().replace(" ", "\\ ");
    Attached read = Attached.read("and/or compare '" + cat + "' " + dragged + " " + bark);
    assertThat(read.files()).containsExactly(cat, dog, bark);
    assertThat(read.text()).isEqualTo("and/or compare");
  }

  @Test
  void whatLooksLikeAFileAndIsNoneStaysText() {
    String text = "is a / b better than /nowhere/cat.png or cat.png?";
    assertThat(Attached.read(text)).isEqualTo(new Attached(text, List.of(), List.of()));
    assertThat(Attached.read("a / b and " + cat).files()).containsExactly(cat);
  }

  @Test
  void aFileThatIsNoPictureIsNamed() throws IOException {
    Path text = file("notes.png", "not a picture");
    assertThatThrownBy(() -> Attached.read("look at " + text))
        .isInstanceOf(Failure.class)
        .hasMessageContaining(text + "' is no picture");
  }

  @Test
  void aLineThatBeginsWithAFileIsNoCommand() {
    assertThat(Attached.beginsWithFile(cat + " what is it?")).isTrue();
    assertThat(Attached.beginsWithFile("/set parameter x " + cat)).isFalse();
    assertThat(Attached.beginsWithFile("/nowhere.png")).isFalse();
  }
}
