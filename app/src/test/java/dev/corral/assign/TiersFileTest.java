package dev.corral.assign;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TiersFileTest {
  @TempDir private Path folder;

  @Test
  void aTierWithoutAModelNamesNoneAndItsOtherMembersAreNobodysBusiness() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("tiers.yaml"),
            """
            tiers:
              free: {model: ' ollama/llama3.2:1b ', tokens_per_day: 1000}
              blank: {model: ' '}
              none: {limit: 3}
              odd: 3
            """);
    assertThat(TiersFile.read(file)).isEqualTo(Map.of("free", "llama3.2:1b"));
  }
}
