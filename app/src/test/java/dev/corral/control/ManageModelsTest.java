package dev.corral.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.library.Entry;
import dev.corral.model.ModelName;
import dev.corral.testkit.Answer;
import dev.corral.testkit.Body;
import dev.corral.testkit.Fault;
import dev.corral.testkit.OllamaNode;
import dev.corral.testkit.TestModel;
import dev.corral.testkit.Where;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `/manage/models`, `/manage/active` and `/manage/catalog` in front of a node.
class ManageModelsTest {
  private static final String CHATTY = TestModel.markov().getFirst().name();

  @TempDir Path home;
  private OllamaNode node;
  private RunningControl control;

  @BeforeEach
  void start() {
    node = OllamaNode.start();
    control = RunningControl.in(home, node);
  }

  @AfterEach
  void stop() {
    control.close();
    node.close();
  }

  @Test
  void whatIsTrackedAndNowhereIsMissingAndWhatWasHereIsGone() {
    control.library.record(Entry.of(name("nowhere:1b")));
    control.library.record(Entry.of(name(CHATTY)));
    control.library.look(Places.of(control.fleet.snapshot()));

    assertThat(model("nowhere:1b").path("state").asText()).isEqualTo("missing");
    assertThat(model("nowhere:1b").path("backends")).isEmpty();
    assertThat(model(CHATTY).path("state").asText()).isEqualTo("present");
    assertThat(model(CHATTY).path("tracked").asBoolean()).isTrue();

    assertThat(node.url()).isNotNull();
    node.crash();
    control.fleet.look("node1");
    control.await(() -> model(CHATTY).path("state").asText().equals("unreachable"));
    control.fleet.remove("node1");
    control.await(() -> control.fleet.snapshot().backends().isEmpty());
    control.library.look(Places.of(control.fleet.snapshot()));
    assertThat(model(CHATTY).path("state").asText()).isEqualTo("gone");
    assertThat(model(CHATTY).path("goneAt").asText()).isNotEmpty();
    assertThat(model(CHATTY).path("digest").asText()).hasSize(64);
  }

  @Test
  void whatABackendHasIsOfferedAdoptedAndWhatSomebodyGaveUpIsNotOfferedAgain() {
    assertThat(model(CHATTY).path("adoptable").asBoolean()).isTrue();
    assertThat(model(CHATTY).path("tracked").asBoolean()).isFalse();

    Answer adopted = control.post("/manage/models/adopt", "{\"models\": [\"" + CHATTY + "\"]}");
    assertThat(adopted.json()).hasSize(1);
    JsonNode row = model(CHATTY).path("row");
    assertThat(row.path("source").asText()).isEqualTo("local");
    assertThat(row.path("fileSizeMb").asDouble()).isPositive();
    assertThat(row.path("quantization").asText()).isNotEmpty();
    assertThat(row.path("parameters").asDouble()).isPositive();
    assertThat(model(CHATTY).path("adoptable").asBoolean()).isFalse();

    boolean _ = control.library.forget(name(CHATTY));
    assertThat(model(CHATTY).path("adoptable").asBoolean()).isFalse();
    List<String> rest = control.post("/manage/models/adopt", "{}").json().findValuesAsText("name");
    assertThat(rest).isNotEmpty().doesNotContain(CHATTY);
    assertThat(control.post("/manage/models/adopt", "{}").json()).isEmpty();
    assertThat(control.post("/manage/models/adopt", "{\"models\":[\"nope\"]}").status())
        .isEqualTo(404);
  }

  @Test
  void whereAdoptionIsOffNothingIsOffered() {
    control.adopt = "off";
    assertThat(model(CHATTY).path("adoptable").asBoolean()).isFalse();
    assertThat(control.post("/manage/models/adopt", "{}").json()).isEmpty();
  }

  @Test
  void theActiveModelIsTheConfigurationsUntilSomebodyChoosesAndUntilThatLineChanges() {
    assertThat(control.get("/manage/active").json().path("source").asText()).isEqualTo("config");
    control.aliases = Map.of("chosen", CHATTY);

    assertThat(control.post("/manage/models/chosen/use", "{}").status()).isEqualTo(200);
    JsonNode active = control.get("/manage/active").json();
    assertThat(active.path("model").asText()).isEqualTo("chosen");
    assertThat(active.path("source").asText()).isEqualTo("run time");
    assertThat(active.path("configured").asText()).isEqualTo("markov-a");
    JsonNode explained = control.get("/manage/explain?model=default").json();
    assertThat(explained.path("steps").path(0).asText())
        .contains("active model 'chosen', chosen at run time")
        .contains("the configuration says 'markov-a'");

    control.active.follow("markov-a");
    assertThat(control.active.model()).isEqualTo("chosen");
    control.active.follow("markov-b");
    assertThat(control.active.model()).isEqualTo("markov-b");
    control.active.follow("markov-a");
    assertThat(control.active.model()).isEqualTo("markov-a");
  }

  @Test
  void nobodyIsSentToAModelThatNobodyHas() {
    Answer no = control.put("/manage/active", "{\"model\": \"nope\"}");
    assertThat(no.status()).isEqualTo(404);
    assertThat(no.json().path("next").asText()).contains("corral pull nope");
    assertThat(control.put("/manage/active", "{\"model\": \"" + CHATTY + "\"}").status())
        .isEqualTo(200);
    assertThat(control.put("/manage/active", "{}").json().path("model").asText())
        .isEqualTo("markov-a");
  }

  @Test
  void whatIsProtectedSaysByWhomAndOnlyTheFileReleasesItsOwn() {
    control.protection.follow(List.of("big:70b"));
    assertThat(control.post("/manage/models/" + CHATTY + "/protect", "{}").status()).isEqualTo(200);
    assertThat(model(CHATTY).path("protected").asBoolean()).isTrue();
    assertThat(model(CHATTY).path("protectedBy").asText()).isEqualTo("run time");

    assertThat(control.delete("/manage/models/" + CHATTY + "/protect").status()).isEqualTo(200);
    assertThat(model(CHATTY).path("protected").asBoolean()).isFalse();
    assertThat(control.delete("/manage/models/" + CHATTY + "/protect").status()).isEqualTo(404);
    Answer locked = control.delete("/manage/models/big%3A70b/protect");
    assertThat(locked.status()).isEqualTo(409);
    assertThat(locked.json().path("next").asText()).contains("protected:");
  }

  @Test
  void aModelIsLoadedAndUnloadedThroughItsNode() {
    assertThat(control.post("/manage/models/" + CHATTY + "/load", "{}").status()).isEqualTo(204);
    control.await(() -> !model(CHATTY).path("loadedOn").isEmpty());
    assertThat(control.post("/manage/models/" + CHATTY + "/unload", "{}").status()).isEqualTo(204);
    control.await(() -> model(CHATTY).path("loadedOn").isEmpty());
    assertThat(control.post("/manage/models/nope/load", "{}").status()).isEqualTo(404);
    assertThat(control.post("/manage/models/nope/unload", "{}").status()).isEqualTo(404);
  }

  @Test
  void aModelThatMakesVectorsIsLoadedAndUnloadedToo() {
    String embed =
        TestModel.markov().stream()
            .filter(model -> model.kind() == TestModel.Kind.EMBED)
            .findFirst()
            .orElseThrow()
            .name();
    assertThat(control.post("/manage/models/" + embed + "/load", "{}").status()).isEqualTo(204);
    control.await(() -> !model(embed).path("loadedOn").isEmpty());
    assertThat(control.post("/manage/models/" + embed + "/unload", "{}").status()).isEqualTo(204);
    control.await(() -> model(embed).path("loadedOn").isEmpty());
    assertThat(tried(embed, "node1").path("template").isNull()).isTrue();
    assertThat(tried(embed, "node1").path("answers").asBoolean()).isTrue();
  }

  private JsonNode tried(String model, String on) {
    String body = "{\"model\":\"" + model + "\",\"on\":\"" + on + "\"}";
    return control.post("/manage/pulls/check", body).json();
  }

  @Test
  void aModelThatWasPulledIsTriedOnTheVeryBackend() {
    JsonNode good = tried(CHATTY, "node1");
    assertThat(good.path("loads").asBoolean()).isTrue();
    assertThat(good.path("template").asBoolean()).isTrue();
    assertThat(good.path("answers").asBoolean()).isTrue();
    assertThat(good.path("problem").asText()).isEmpty();
    assertThat(tried(CHATTY, "").path("on").asText()).isEqualTo("node1");
    assertThat(tried(CHATTY, "nobody").path("status").asInt()).isEqualTo(404);
    assertThat(tried("nope", "node1").path("problem").asText()).contains("'nope:latest' not found");
  }

  @Test
  void aModelThatLoadsAndSaysNothingDoesNotAnswer() {
    String done = "{\"done\":true,\"response\":\"\"}";
    String answer = "HTTP/1.1 200 OK\r\nContent-Length: " + done.length() + "\r\n\r\n" + done;
    node.inject(new Fault.RawBytes(Body.of(answer)), Where.path("/api/generate"));
    JsonNode mute = tried(CHATTY, "node1");
    assertThat(mute.path("loads").asBoolean()).isTrue();
    assertThat(mute.path("answers").asBoolean()).isFalse();
    assertThat(mute.path("problem").asText()).isEqualTo("it loads, and answers nothing");
  }

  @Test
  void aModelHasAFitAndIsFoundByTheIdOfItsRowToo() {
    Entry odd =
        new Entry(
            "My model!",
            "Mine",
            "",
            "",
            "",
            null,
            null,
            4000.0,
            "/etc/passwd",
            "",
            "custom_hf",
            List.of(),
            Instant.EPOCH,
            null);
    control.library.record(odd);

    JsonNode mine = model("My model!");
    assertThat(mine.path("state").asText()).isEqualTo("missing");
    assertThat(mine.path("size").asLong()).isEqualTo(4_000_000_000L);
    assertThat(mine.path("fit").path("verdict").asText()).isNotEmpty();
    assertThat(mine.path("row").path("filePath").asText()).isEqualTo("/etc/passwd");
    assertThat(model(CHATTY).path("fit").path("reason").asText()).isNotEmpty();
    assertThat(control.get("/manage/models/nope").status()).isEqualTo(404);
  }

  @Test
  void theCatalogIsNarrowedByWordCategoryTagAndCard() throws IOException {
    assertThat(catalog("").size()).isGreaterThanOrEqualTo(40);
    assertThat(catalog("?word=code%20llama").findValuesAsText("id"))
        .containsExactlyInAnyOrder("codellama-7b", "codellama-latest");
    assertThat(catalog("?category=creative").findValuesAsText("category")).containsOnly("creative");
    assertThat(catalog("?tag=embedding").size()).isGreaterThanOrEqualTo(5);
    List<String> small = catalog("?vram=8GiB&fits=true").findValuesAsText("id");
    assertThat(small).contains("llama3.2-1b").doesNotContain("llama3.1-70b", "gpt-oss-120b");
    assertThat(catalog("?vram=200GiB&fits=true").findValuesAsText("id")).contains("gpt-oss-120b");
    assertThat(control.get("/manage/catalog?category=fun").status()).isEqualTo(400);
    assertThat(control.get("/manage/catalog?vram=big").status()).isEqualTo(400);
    assertThat(control.get("/manage/catalog?schema").json().has("$defs")).isTrue();

    Files.createDirectories(home.resolve("catalog"));
    Files.writeString(home.resolve("catalog/bad.json"), "[{\"id\": \"half\"}]");
    JsonNode problem = catalog("?problems").path(0);
    assertThat(problem.path("origin").asText()).isEqualTo("bad.json");
    assertThat(problem.path("where").asText()).isEqualTo("entry 1 (id 'half')");
  }

  @Test
  void theRecommendedQuantizationIsTheBestThatIsPerfectOnTheCard() {
    JsonNode wide = catalog("?word=llama-3.1-8b-instruct&vram=24GiB").path(0);
    assertThat(wide.path("recommended").asText()).isEqualTo("Q5_K_M");
    assertThat(wide.path("quantizations").path(0).path("model").asText())
        .startsWith("hf.co/bartowski/Meta-Llama-3.1-8B-Instruct-GGUF:");
    JsonNode narrow = catalog("?word=llama-3.1-8b-instruct&vram=4GiB").path(0);
    assertThat(narrow.path("recommended").asText()).isEqualTo("Q3_K_M");
    assertThat(narrow.path("fit").path("verdict").asText()).isIn("partial", "wont");
  }

  @Test
  void whetherAModelOfOllamasRegistryFitsIsJudgedByTheUsualKindAndNotByWhatIsNotPulled() {
    JsonNode narrow = catalog("?word=llama-3.1-8b-instruct&vram=7400MiB").path(0);
    assertThat(narrow.path("model").asText()).isEqualTo("llama3.1:8b");
    assertThat(narrow.path("recommended").asText()).isEqualTo("Q3_K_M");
    Map<String, String> verdicts = new HashMap<>();
    narrow
        .path("quantizations")
        .forEach(one -> verdicts.put(one.path("quant").asText(), one.path("verdict").asText()));
    assertThat(narrow.path("fit").path("verdict").asText())
        .isEqualTo(verdicts.get("Q4_K_M"))
        .isNotEqualTo(verdicts.get("Q3_K_M"));
  }

  private JsonNode catalog(String query) {
    return control.get("/manage/catalog" + query).json();
  }

  private JsonNode model(String name) {
    return control
        .get("/manage/models/" + name.replace(":", "%3A").replace(" ", "%20").replace("!", "%21"))
        .json();
  }

  private static ModelName name(String text) {
    return ModelName.parse(text).orElseThrow();
  }
}
