package dev.corral.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibraryVerbsTest {
  private static final String GOOD =
      """
      {"id": "mine", "name": "Mine", "repo_id": "me/mine-GGUF", "category": "creative",
       "filename_template": "mine-{quant}.gguf",
       "quantizations": [{"quant": "Q4_K_M", "size_mb": 4300}]}\
      """;

  @TempDir Path home;
  private Station station;
  private Typed typed;

  @BeforeEach
  void start() throws IOException {
    station =
        new Station()
            .answering("GET /api/tags", 200, "{\"models\":[{\"name\":\"a:1\",\"size\":1000000}]}");
    typed = new Typed(home).at(station);
  }

  @AfterEach
  void stop() {
    station.close();
  }

  @Test
  void whatIsTrackedAndNotHereIsListedBehindWhatIs() {
    station.answering(
        "GET /manage/models",
        200,
        """
        [{"name":"a:1","state":"present","tracked":true},
         {"name":"x:latest","state":"missing","tracked":true,"row":{"ollamaModelName":"x:latest"}},
         {"name":"my-own","state":"gone","tracked":true,"goneAt":"%s",
          "digest":"baf6a787fdffd633537aa2eb51cfd54cb93ff08e28040095462bb63daf552878",
          "row":{"ollamaModelName":"b:2"}},
         {"name":"alias","state":"missing","tracked":false}]\
        """
            .formatted(Instant.now().minus(Duration.ofDays(6 * 365 + 100))));

    assertThat(typed.run("list")).isZero();
    assertThat(typed.out().lines())
        .containsExactly(
            "NAME\tID\tSIZE\tMODIFIED",
            "a:1\t-\t1.0 MB\t-",
            "x:latest\t-\t-\tmissing",
            "my-own\tbaf6a787fdff\t-\tgone 6 years ago (b:2)");
    assertThat(typed.run("list", "x")).isZero();
    assertThat(typed.out().lines()).hasSize(2);
    assertThat(typed.run("list", "x", "--json")).isZero();
    assertThat(Json.read(typed.out()).findValuesAsText("name")).containsExactly("x:latest");
    assertThat(typed.run("--json", "list")).isZero();
    assertThat(Json.read(typed.out()).findValuesAsText("state")).containsExactly("missing", "gone");
  }

  @Test
  void theActiveModelIsChosenAndTold() {
    station
        .answering("POST /manage/models/a%3A1/use", 200, active("a:1", "run time", "b:2"))
        .answering("GET /manage/active", 200, active("", "none", ""))
        .answering("POST /manage/models/nope/use", 404, problem("There is no model 'nope'"));

    assertThat(typed.run("use", "a:1")).isZero();
    assertThat(typed.out())
        .contains("'a:1' answers those who name no model (the configuration says b:2)");
    assertThat(typed.run("use")).isZero();
    assertThat(typed.out().strip()).isEqualTo("none");
    assertThat(typed.run("use", "nope")).isEqualTo(Exit.MISSING.code());
    assertThat(typed.err()).contains("There is no model 'nope'").contains("what to do");
  }

  @Test
  void modelsAreAdoptedProtectedAndReleased() {
    station
        .answering("POST /manage/models/adopt", 200, "[{\"name\":\"a:1\"}]")
        .answering("POST /manage/models/a%3A1/protect", 204, "")
        .answering("DELETE /manage/models/a%3A1/protect", 409, problem("by the configuration"));

    assertThat(typed.run("adopt", "a:1")).isZero();
    assertThat(typed.out()).contains("tracks 'a:1'");
    assertThat(station.bodies("POST /manage/models/adopt").getFirst()).contains("[\"a:1\"]");
    assertThat(typed.run("protect", "a:1")).isZero();
    assertThat(typed.run("unprotect", "a:1")).isEqualTo(Exit.REFUSED.code());
    assertThat(typed.run("protect")).isEqualTo(Exit.USAGE.code());
  }

  @Test
  void theCatalogIsATableAndWhatIsWrongInItIsSaidBeside() {
    station
        .answering(
            "GET /manage/catalog?word=lla%20ma&vram=24GiB&category=creative&tag=t&fits=true",
            200,
            """
            [{"model":"llama3.2:1b","parameters":1.236,"recommended":"Q8_0","license":"llama3.2",
              "context_window":131072,"fit":{"verdict":"perfect"},"here":["llama3.2:1b"],
              "quantizations":[{"quant":"Q8_0","size_mb":1321}]},
             {"model":"mistral:7b","parameters":7.2,"recommended":"Q8_0","license":"",
              "fit":{"verdict":"tight"},"here":[],
              "quantizations":[{"quant":"Q8_0","size_mb":7702,"model":"hf.co/o/r:Q8_0"}]}]\
            """)
        .answering(
            "GET /manage/catalog?problems=true",
            200,
            "[{\"origin\":\"my.json\",\"where\":\"entry 2\",\"reason\":\"'name' is missing\"}]");

    assertThat(
            typed.run(
                "catalog",
                "lla ma",
                "--fits",
                "--vram",
                "24GiB",
                "--category",
                "creative",
                "--tag",
                "t"))
        .isZero();
    assertThat(typed.out())
        .contains("llama3.2:1b\t1.2B\tQ8_0\t1.3 GB\tperfect\t131072\tllama3.2\there")
        .as("another source decides which kind this is")
        .contains("mistral:7b\t7.2B\t-\t-\ttight");
    assertThat(typed.err()).contains("Not taken: my.json, entry 2: 'name' is missing");
  }

  @Test
  void aCatalogFileIsCheckedWithoutAServer() throws IOException {
    station.close();
    Path good = Files.writeString(home.resolve("good.json"), GOOD);
    Path bad = Files.writeString(home.resolve("bad.json"), "[" + GOOD + ", {\"id\": \"half\"}]");

    assertThat(typed.run("catalog-check", good.toString())).isZero();
    assertThat(typed.out()).contains("1 entry is good");
    assertThat(typed.run("catalog-check", bad.toString())).isEqualTo(Exit.FAILED.code());
    assertThat(typed.out()).contains("entry 2 (id 'half')").contains("'name' is missing");
    assertThat(typed.run("catalog-check", home.resolve("none.json").toString()))
        .isEqualTo(Exit.MISSING.code());
    assertThat(typed.run("catalog-check")).isEqualTo(Exit.USAGE.code());
    assertThat(typed.run("--json", "catalog-check", bad.toString())).isEqualTo(Exit.FAILED.code());
    assertThat(Json.read(typed.out()).path("bad").path(0).path("where").asText())
        .isEqualTo("entry 2 (id 'half')");
    assertThat(typed.run("catalog-check", "--schema")).isZero();
    assertThat(Json.read(typed.out()).has("$defs")).isTrue();
  }

  private static String active(String model, String source, String configured) {
    return "{\"model\":\"%s\",\"source\":\"%s\",\"configured\":\"%s\",\"since\":null}"
        .formatted(model, source, configured);
  }

  private static String problem(String detail) {
    return "{\"title\":\"no\",\"detail\":\"" + detail + "\",\"next\":\"what to do\"}";
  }
}
