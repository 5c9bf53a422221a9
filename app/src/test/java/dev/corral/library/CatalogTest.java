package dev.corral.library;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.corral.model.ModelName;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CatalogTest {
  private static final String MINE =
      """
      {"id": "mine", "name": "Mine", "description": "of the house", "repo_id": "me/mine-GGUF",
       "filename_template": "mine-{quant}.gguf", "category": "creative", "tags": ["house"],
       "parameters": 7.2, "context_window": 4096,
       "quantizations": [{"quant": "Q4_K_M", "size_mb": 4300}],
       "performance": {"conversation": 80, "memory_extraction": null}}\
      """;

  @TempDir Path folder;
  private final List<String> notices = new ArrayList<>();
  private List<CatalogFile> lists = List.of();

  private Catalog catalog() {
    return new Catalog(folder, () -> lists, notices::add);
  }

  private Path write(String file, String text) throws IOException {
    return Files.writeString(folder.resolve(file), text);
  }

  @Test
  void theListThatIsShippedHasEveryCategoryEverySizeAndNothingInvented() {
    CatalogFile shipped = Catalog.shipped();

    assertThat(shipped.bad()).isEmpty();
    assertThat(shipped.entries()).hasSizeGreaterThanOrEqualTo(40);
    assertThat(shipped.entries().stream().map(CatalogEntry::category).distinct())
        .containsExactlyInAnyOrder("balanced", "creative", "technical", "advanced");
    assertThat(shipped.entries().stream().filter(entry -> entry.tags().contains("embedding")))
        .hasSizeGreaterThanOrEqualTo(5);
    assertThat(shipped.entries()).allMatch(entry -> entry.parameters() != null);
    assertThat(shipped.entries().stream().map(CatalogEntry::parameters))
        .anyMatch(billions -> billions > 110)
        .anyMatch(billions -> billions > 0.13 && billions < 0.14);
    assertThat(shipped.entries().stream().map(CatalogEntry::performance))
        .allMatch(CatalogEntry.Performance.UNKNOWN::equals);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "llama3.2:1b", "llama3.2:3b", "llama3.2:latest", "llama3.1:8b", "llama3.1:70b",
        "llama3.1:latest", "llama3:8b", "llama3:latest", "llama2:7b", "llama2:7b-chat",
        "llama2:13b", "mistral:7b", "codellama:7b", "codellama:latest", "gemma2:latest",
        "gemma3:latest", "llama3-chatqa:8b", "phi3"
      })
  void everyTagThatOlderSetUpsNameIsThere(String tag) {
    assertThat(catalog().find(name(tag))).isPresent();
  }

  @Test
  void aFileInTheHomeCountsWithTheNextQuestionAndGoesWithIt() throws IOException {
    Catalog catalog = catalog();
    int shipped = catalog.now().entries().size();
    Path file = write("mine.json", MINE);

    assertThat(catalog.now().entries()).hasSize(shipped + 1);
    assertThat(catalog.find(name("hf.co/me/Mine-GGUF:Q8_0")).orElseThrow().name())
        .isEqualTo("Mine");
    assertThat(catalog.now().entries().getLast().origin()).isEqualTo("mine.json");

    write("mine.json", "[" + MINE.replace("Mine", "Changed") + "]");
    FileTime later = FileTime.fromMillis(Files.getLastModifiedTime(file).toMillis() + 5000);
    Files.setLastModifiedTime(file, later);
    assertThat(catalog.now().entries().getLast().entry().name()).isEqualTo("Changed");

    Files.delete(file);
    assertThat(catalog.now().entries()).hasSize(shipped);
  }

  @Test
  void aFileInTheHomeStandsBeforeWhatIsShipped() throws IOException {
    write("over.json", "{\"models\": [" + MINE.replace("\"mine\"", "\"Llama3.2-1B\"") + "]}");

    Catalog.Listed listed =
        catalog().now().entries().stream()
            .filter(one -> one.entry().id().equalsIgnoreCase("llama3.2-1b"))
            .findFirst()
            .orElseThrow();
    assertThat(listed.origin()).isEqualTo("over.json");
    assertThat(listed.entry().repoId()).isEqualTo("me/mine-GGUF");
  }

  @Test
  void aBadEntryIsNamedWithFileAndReasonAndTheGoodOnesLoad() throws IOException {
    write(
        "some.json",
        "{\"note\": 1, \"models\": ["
            + MINE
            + ", {\"id\": \"half\"}, 7, "
            + MINE.replace("\"mine\"", "\"far\"").replace("me/mine-GGUF", "http://evil/x")
            + ","
            + MINE.replace("\"mine\"", "\"up\"").replace("mine-{quant}", "../{quant}")
            + ","
            + MINE.replace("\"mine\"", "\"fun\"").replace("creative", "fun").replace("80", "180")
            + ", "
            + MINE
            + "]}");
    write("broken.json", "{\"models\": [" + MINE + ", {");
    write("text.json", "\"hello\"");

    Catalog.Now now = catalog().now();
    assertThat(now.entries()).anyMatch(listed -> listed.entry().id().equals("mine"));
    assertThat(now.bad().stream().map(Catalog.Refused::toString))
        .anyMatch(line ->
            line.startsWith("some.json, entry 2 (id 'half'): ")
                && line.contains("'name' is missing")
                && line.contains("'category' is missing")
                && line.contains("'quantizations' must be"))
        .anyMatch("some.json, entry 3: it is no object"::equals)
        .anyMatch(line -> line.contains("(id 'far')") && line.contains("OWNER/REPOSITORY"))
        .anyMatch(line -> line.contains("(id 'up')") && line.contains("name of a file"))
        .anyMatch(line ->
            line.contains("one of balanced, creative, technical, advanced")
                && line.contains("0 to 100"))
        .anyMatch(line -> line.contains("entry 7 (id 'mine')") && line.contains("twice"))
        .anyMatch(line -> line.startsWith("broken.json, file: it is not valid JSON"))
        .anyMatch(line -> line.startsWith("text.json, file: it holds neither"));
    assertThat(notices).hasSameSizeAs(now.bad());
    assertThat(catalog().now().bad()).hasSameSizeAs(now.bad());
  }

  @Test
  void aProblemIsSaidOnceAndNotWithEachQuestion() throws IOException {
    write("text.json", "\"hello\"");
    Catalog catalog = catalog();
    catalog.now();
    write("another.json", MINE);
    catalog.now();

    assertThat(notices).hasSize(1);
  }

  @Test
  void aFileOfAHundredMegabytesIsRefusedUnread() throws IOException {
    Path file = folder.resolve("huge.json");
    try (RandomAccessFile huge = new RandomAccessFile(file.toFile(), "rw")) {
      huge.setLength(100_000_000);
    }
    assertThat(CatalogReader.read(file, "huge.json").bad())
        .singleElement()
        .satisfies(bad -> assertThat(bad.reason()).contains("are no catalog"));
  }

  @Test
  void deepAndEndlessThingsEndTheFileAndNotTheProgram() {
    assertThat(read("[".repeat(100_000)).bad()).hasSize(1);
    assertThat(read("[" + "{\"id\":\"" + "x".repeat(200_000) + "\"}]").bad()).hasSize(1);
    assertThat(read("[" + "{},".repeat(5_000) + "{}]").bad()).hasSizeLessThan(300);
    assertThat(read("").bad()).hasSize(1);
  }

  @Test
  void aListOfOthersOnlyAddsAndLeadsNowhereElse() {
    String foreign = MINE.replace("\"mine\"", "\"guest\"");
    lists =
        List.of(
            CatalogReader.read(
                ("["
                        + foreign
                        + ","
                        + MINE.replace("\"mine\"", "\"llama3.2-1b\"")
                        + ","
                        + foreign
                            .replace("\"guest\"", "\"sly\"")
                            .replace("\"tags\"", "\"ollama_name\": \"mistral:7b\", \"tags\"")
                        + ","
                        + foreign
                            .replace("\"guest\"", "\"out\"")
                            .replace("\"tags\"", "\"ollama_name\": \"evil.com/a/b:c\", \"tags\"")
                        + "]")
                    .getBytes(StandardCharsets.UTF_8),
                "https://example.com/list.json"));

    Catalog.Now now = catalog().now();
    assertThat(now.entries().stream().filter(one -> one.origin().startsWith("https://")))
        .singleElement()
        .satisfies(one -> assertThat(one.entry().id()).isEqualTo("guest"));
    assertThat(now.bad().stream().map(Catalog.Refused::reason))
        .containsExactlyInAnyOrder(
            "its id is taken",
            "another entry tells about mistral:7b already",
            "a list may not lead to another registry (evil.com)");
  }

  @Test
  void thePublishedFormHoldsForWhatIsShippedAndNotForWhatIsRefused() throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    JsonNode schema = mapper.readTree(Catalog.schema());
    try (var shipped = Catalog.class.getResourceAsStream("catalog.json")) {
      assertThat(Form.faults(schema, mapper.readTree(shipped))).isEmpty();
    }
    assertThat(Form.faults(schema, mapper.readTree(MINE))).isEmpty();
    for (String bad :
        List.of(
            "{\"id\": \"half\"}",
            MINE.replace("creative", "fun"),
            MINE.replace("me/mine-GGUF", "http://evil/x"),
            MINE.replace("80", "180"),
            MINE.replace("7.2", "\"seven\""),
            MINE.replace("4300", "-1"))) {
      assertThat(Form.faults(schema, mapper.readTree(bad))).as(bad).isNotEmpty();
      assertThat(read(bad).bad()).as(bad).isNotEmpty();
    }
  }

  @Test
  void anEntryWithoutARepositoryIsPulledByTheNameOfTheRegistry() {
    CatalogEntry phi = catalog().find(name("phi3")).orElseThrow();
    CatalogEntry llama = catalog().find(name("llama3.2:1b")).orElseThrow();

    assertThat(phi.pullName("Q4_0")).isEqualTo("phi3");
    assertThat(llama.pullName("Q8_0")).isEqualTo("hf.co/bartowski/Llama-3.2-1B-Instruct-GGUF:Q8_0");
    assertThat(Stream.of("LLAMA", "meta's", "tools")).allMatch(llama::mentions);
  }

  private static CatalogFile read(String text) {
    return CatalogReader.read(text.getBytes(StandardCharsets.UTF_8), "test");
  }

  private static ModelName name(String text) {
    return ModelName.parse(text).orElseThrow();
  }
}
