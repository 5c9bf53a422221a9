package dev.corral.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.gguf.GgufWriter;
import dev.corral.gguf.TensorType;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `corral fit`, as typed.
class FitVerbTest {
  private static final String LLAMA = "llama-3.1-8b.Q4_K_M";

  @TempDir Path home;
  private Typed typed;

  @BeforeEach
  void start() {
    typed = new Typed(home);
    typed.environment.put("CORRAL_URL", "http://127.0.0.1:1");
  }

  /// The bare header of a model of the corpus.
  private Path header(String name) throws IOException {
    Path file = home.resolve(name + ".gguf");
    if (!Files.exists(file)) {
      try (InputStream packed = resource("headers/" + name + ".gguf-header.gz")) {
        Files.copy(new GZIPInputStream(packed), file);
      }
    }
    return file;
  }

  private static InputStream resource(String path) {
    return FitVerbTest.class.getResourceAsStream("/fit/" + path);
  }

  private JsonNode only(String... words) {
    assertThat(typed.run(words)).as(typed.err()).isZero();
    assertThat(typed.out().lines()).hasSize(1);
    return Json.read(typed.out());
  }

  @Test
  void aFileIsJudgedWithoutAServerPartByPart() throws IOException {
    String file = header(LLAMA).toString();
    assertThat(typed.onATerminal().run("fit", file, "--context", "8192", "--vram", "24GiB"))
        .isZero();
    assertThat(typed.out())
        .contains("llama, Q4_K_M", "context 8192, 1 slot, cache f16", "placement gpu")
        .containsPattern("weights +281.8 MiB +4.30 GiB")
        .containsPattern("cache +- +1.00 GiB")
        .contains("perfect: Needs 5.4 GiB of GPU memory; 22.4 GiB may be used");
    typed.run("fit", file, "--context", "49152", "--vram", "13GiB");
    assertThat(typed.out()).contains("tight: ", "Next: Better with a q8_0 cache (perfect)");
    typed.run("fit", file, "--vram", "6GiB");
    assertThat(typed.out()).contains("partial: ", "of 32 blocks on the GPU", "Missing: ");
  }

  @Test
  void aProgramGetsOneObjectWithTheFieldsOfThePromise() throws IOException {
    JsonNode fit = only("fit", header(LLAMA).toString(), "--json", "--vram", "24");
    List<String> fields = new ArrayList<>();
    fit.fieldNames().forEachRemaining(fields::add);
    assertThat(fields)
        .containsExactly(
            ("model architecture fileType context parallel unified flashAttention kvK kvV ubatch"
                    + " placement exact weights kv compute outputBytes hostBytes deviceBytes"
                    + " verdict blocks freeBytes missingBytes reason next")
                .split(" "));
    assertThat(fit.path("context").asLong()).isEqualTo(4096);
    assertThat(fit.path("verdict").asText()).isEqualTo("perfect");
    assertThat(fit.path("next").isNull()).isTrue();
    assertThat(fit.path("blocks").path("onDevice").asInt()).isEqualTo(32);
    assertThat(fit.path("weights").path("devices").path(0).asLong()).isEqualTo(4_617_396_480L);
  }

  @Test
  void listsGiveAllCombinationsOneALine() throws IOException {
    String file = header(LLAMA).toString();
    typed.run(
        "fit", file, "--context", "2048,8192", "--kv", "f16,q8_0/f16", "--vram", "8,24", "--json");
    List<JsonNode> fits = typed.out().lines().map(Json::read).toList();
    assertThat(fits).hasSize(8);
    assertThat(fits.get(1).path("kvK").asText()).isEqualTo("q8_0");
    assertThat(fits.get(1).path("kvV").asText()).isEqualTo("f16");
    assertThat(fits.getLast().path("context").asLong()).isEqualTo(8192);
    typed.run("fit", file, "--context", "2048,8192", "--vram", "24");
    assertThat(typed.out().lines()).hasSize(3);
    assertThat(typed.out()).startsWith("CONTEXT\tSLOTS\tCACHE");
  }

  @Test
  void everyPlacementIsToldOnAnyMachine() throws IOException {
    String file = header(LLAMA).toString();
    for (String placement :
        List.of(
            "gpu", "gpu-half", "gpu-two", "gpu-kv-on-host", "gpu-experts-on-host", "blocks=7")) {
      JsonNode fit = only("fit", file, "--placement", placement, "--json");
      assertThat(fit.path("placement").asText()).isEqualTo(placement);
      assertThat(fit.path("deviceBytes")).hasSize(placement.equals("gpu-two") ? 2 : 1);
    }
    assertThat(only("fit", file, "--placement", "cpu", "--json").path("deviceBytes")).isEmpty();
  }

  @Test
  void theFiguresAreTheEnginesOwn() throws IOException {
    int rows = 0;
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(resource("oracle.csv.gz")), StandardCharsets.UTF_8))) {
      List<String> columns = List.of(lines.readLine().split(",", -1));
      int number = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        Map<String, String> row = row(columns, line);
        // every 61st: all columns come by in all their values
        if (sayable(row) && ++number % 61 == 0) {
          asTheEngine(row);
          rows++;
        }
      }
    }
    assertThat(rows).isGreaterThan(100);
  }

  private static Map<String, String> row(List<String> columns, String line) {
    String[] values = line.split(",", -1);
    Map<String, String> row = new HashMap<>();
    for (int i = 0; i < values.length; i++) {
      row.put(columns.get(i), values[i]);
    }
    return row;
  }

  /// A server has a row of logits for each slot, and capped windows; an encoder needs no word.
  private static boolean sayable(Map<String, String> row) {
    boolean server = row.get("output_rows").equals(row.get("slots"));
    return row.get("swa_full").equals("0") && (server || row.get("embeddings").equals("1"));
  }

  private void asTheEngine(Map<String, String> row) throws IOException {
    List<String> words =
        new ArrayList<>(List.of("fit", header(row.get("file")).toString(), "--json", "--context"));
    words.addAll(List.of(row.get("ctx"), "--parallel", row.get("slots")));
    words.addAll(List.of("--kv", row.get("cache_k") + "/" + row.get("cache_v")));
    words.addAll(List.of("--ubatch", row.get("ubatch"), "--flash-attn", row.get("flash_attn")));
    words.addAll(List.of("--placement", row.get("placement")));
    if (row.get("unified").equals("1")) {
      words.add("--unified");
    }
    JsonNode fit = only(words.toArray(String[]::new));
    if (!row.get("status").equals("ok")) {
      assertThat(fit.path("verdict").asText()).as(row.toString()).isEqualTo("refused");
      return;
    }
    for (int i = 0; i < fit.path("deviceBytes").size(); i++) {
      near(fit.path("deviceBytes").path(i), row, "total_gpu" + i);
    }
    if (row.get("placement").equals("cpu")) {
      near(fit.path("hostBytes"), row, "total_host");
    }
  }

  private static void near(JsonNode bytes, Map<String, String> row, String column) {
    double real = Double.parseDouble(row.get(column));
    double bound = row.get("placement").matches("gpu|cpu|gpu-two|gpu-half") ? 5 : 25;
    assertThat(100 * bytes.asDouble() / real)
        .as(column + " of " + row)
        .isCloseTo(100, within(bound));
  }

  @Test
  void settingsThatTheEngineRefusesAreTold() throws IOException {
    JsonNode fit = only("fit", header("phi-2.Q4_K_M").toString(), "--kv", "q8_0", "--json");
    assertThat(fit.path("verdict").asText()).isEqualTo("refused");
    assertThat(fit.path("reason").asText()).contains("80");
    typed.run("fit", header("phi-2.Q4_K_M").toString(), "--kv", "q8_0");
    assertThat(typed.out()).contains("refused: ", "Next: Keep the cache as f16.");
  }

  @Test
  void theClassicFormulaIsToldAsWhatItIs() throws IOException {
    JsonNode fit =
        only("fit", header(LLAMA).toString(), "--formula", "classic", "--vram", "24", "--json");
    long file = 4_912_916_288L;
    assertThat(fit.path("deviceBytes").path(0).asLong())
        .isEqualTo(file + file / 5 + (4096L << 20) / 1000 + (500L << 20));
    assertThat(fit.path("exact").asBoolean()).isFalse();
    assertThat(fit.path("reason").asText()).startsWith("By the classic formula");
  }

  @Test
  void whatTheServerHereLearnedFromEarlierLoadsCountsForAFileToo() throws IOException {
    Path file = header(LLAMA);
    assertThat(only("fit", file.toString(), "--placement", "cpu", "--json").has("measured"))
        .isFalse();
    try (Station station = new Station()) {
      typed.at(station);
      station.answering(
          "GET /manage/hardware",
          200,
          "{\"loads\":[{\"architecture\":\"llama\",\"driver\":\"cpu\",\"ratio\":1.25,\"loads\":3}]}");
      JsonNode fit = only("fit", file.toString(), "--placement", "cpu", "--json");
      assertThat(fit.path("measured").path("ratio").asDouble()).isEqualTo(1.25);
      assertThat(fit.path("measured").path("loads").asInt()).isEqualTo(3);
    }
  }

  @Test
  void aPackedHeaderIsReadToo() throws IOException {
    Path packed = home.resolve("model.gguf-header.gz");
    try (InputStream bytes = resource("headers/" + LLAMA + ".gguf-header.gz")) {
      Files.copy(bytes, packed);
    }
    assertThat(only("fit", packed.toString(), "--json").path("exact").asBoolean()).isTrue();
  }

  /// One file of a model of two, with one block each.
  private Path part(int number) throws IOException {
    return part(number, 4);
  }

  private Path part(int number, int tensors) throws IOException {
    GgufWriter writer = new GgufWriter().whole("split.count", 2).whole("split.no", number - 1);
    if (number == 1) {
      writer
          .text("general.architecture", "llama")
          .whole("llama.block_count", 2)
          .whole("llama.context_length", 4096)
          .whole("llama.embedding_length", 256)
          .whole("llama.feed_forward_length", 512)
          .whole("llama.attention.head_count", 4)
          .whole("split.tensors.count", tensors);
      writer.tensor("token_embd.weight", TensorType.F16, List.of(256L, 1000L), out -> {});
      writer.tensor("output.weight", TensorType.F16, List.of(256L, 1000L), out -> {});
    }
    String up = "blk." + (number - 1) + ".ffn_up.weight";
    writer.tensor(up, TensorType.F16, List.of(256L, 512L), out -> {});
    Path file = home.resolve("split-0000" + number + "-of-00002.gguf");
    return Files.write(file, writer.header());
  }

  @Test
  void theFilesOfASplitModelAreTakenTogether() throws IOException {
    Path first = part(1);
    assertThat(typed.run("fit", first.toString())).isEqualTo(1);
    assertThat(typed.err()).contains("'split-00002-of-00002.gguf' is not beside it");
    Path second = part(2);
    JsonNode fit = only("fit", first.toString(), "--placement", "cpu", "--json");
    assertThat(fit.path("weights").path("host").asLong())
        .isEqualTo(2 * (2 * 256 * 1000 + 2 * 256 * 512));
    assertThat(fit.path("blocks").path("all").asInt()).isEqualTo(2);
    assertThat(typed.run("fit", second.toString())).isNotZero();
    Path elsewhere = Files.copy(first, home.resolve("renamed.gguf"));
    assertThat(typed.run("fit", elsewhere.toString())).isEqualTo(1);
    assertThat(typed.err()).contains("one of 2 files");
  }

  @Test
  void filesThatAreNotOfOneModelAreNotTakenTogether() throws IOException {
    Path first = part(1, 5);
    Path _ = part(2);
    assertThat(typed.run("fit", first.toString())).isEqualTo(1);
    assertThat(typed.err()).contains("4 tensors together and the first one says 5");
  }

  @Test
  void ofASetOfManyFilesTheFirstIsNamedAsItIsCalled() throws IOException {
    GgufWriter writer =
        new GgufWriter()
            .whole("split.count", 12)
            .whole("split.no", 0)
            .text("general.architecture", "llama")
            .whole("llama.block_count", 12)
            .whole("llama.embedding_length", 256)
            .whole("llama.attention.head_count", 4);
    writer.tensor("token_embd.weight", TensorType.F16, List.of(256L, 1000L), out -> {});
    Path renamed = Files.write(home.resolve("renamed.gguf"), writer.header());
    assertThat(typed.run("fit", renamed.toString())).isEqualTo(1);
    assertThat(typed.err()).contains("one of 12 files", "ending in -00001-of-00012.gguf");
  }

  @Test
  void aDamagedFileIsAFailureAndTheReasonIsSaid() throws IOException {
    byte[] whole = Files.readAllBytes(header(LLAMA));
    Path cut = Files.write(home.resolve("cut.gguf"), java.util.Arrays.copyOf(whole, 9000));
    assertThat(typed.run("fit", cut.toString())).isEqualTo(1);
    assertThat(typed.err()).contains("'cut.gguf' cannot be judged").doesNotContain("Exception");
    Path page = Files.writeString(home.resolve("page.gguf"), "<html>not found</html>");
    assertThat(typed.run("fit", page.toString())).isEqualTo(1);
    assertThat(typed.run("fit", Files.writeString(home.resolve("none.gguf"), "").toString()))
        .isEqualTo(1);
    Path bad = Files.write(home.resolve("bad.gz"), new byte[] {0x1f, (byte) 0x8b, 1, 2, 3});
    assertThat(typed.run("fit", bad.toString())).isEqualTo(1);
  }

  @Test
  void aFileThatIsNotThereIsNoSuchThing() {
    assertThat(typed.run("fit", "nowhere/model.gguf")).isEqualTo(4);
    assertThat(typed.err()).contains("there is no file");
    assertThat(typed.run("fit", home.resolve("model").toString())).isEqualTo(4);
  }

  @ParameterizedTest
  @CsvSource({
    "--context,0",
    "--context,2k",
    "--parallel,999",
    "--kv,q3_k",
    "--ubatch,-1",
    "--flash-attn,maybe",
    "--placement,moon",
    "--vram,large",
    "--vram,0",
    "--formula,mine"
  })
  void whatIsNoSettingIsWrongUsageAndTheRightFormIsSaid(String option, String value)
      throws IOException {
    assertThat(typed.run("fit", header(LLAMA).toString(), option, value)).isEqualTo(2);
    assertThat(typed.err()).contains(value.replace("-1", "")).contains("corral fit --help");
    // also where a server would be asked: nobody is asked for nothing
    assertThat(typed.run("fit", "llama3.2:1b", option, value)).isEqualTo(2);
  }

  @Test
  void aNameIsAskedOfTheServer() throws IOException {
    String fit =
        """
        {"model":"llama3.2:1b","architecture":"llama","fileType":"Q8_0","context":4096,\
        "parallel":1,"unified":false,"flashAttention":"auto","kvK":"f16","kvV":"f16",\
        "ubatch":512,"placement":"gpu","exact":true,"weights":{"host":1,"devices":[2097152]},\
        "kv":{"host":0,"devices":[1]},"compute":{"host":0,"devices":[1]},"outputBytes":1,\
        "hostBytes":1,"deviceBytes":[3],"verdict":"perfect","blocks":{"onDevice":16,"all":16},\
        "freeBytes":5,"missingBytes":0,"measured":{"ratio":1.02,"loads":3,"hostBytes":1,\
        "deviceBytes":[3145728]},"reason":"Because.","next":null}\
        """;
    try (Station station = new Station()) {
      typed.at(station);
      station.answering("POST /manage/fit", 200, fit);
      assertThat(typed.run("fit", "llama3.2:1b", "--context", "2048", "--vram", "8GiB")).isZero();
      assertThat(typed.out())
          .contains("llama, Q8_0", "weights\t0.0 MiB\t2.0 MiB", "by earlier loads")
          .contains("3.0 MiB", "perfect: Because.");
      assertThat(Json.read(station.bodies("POST /manage/fit").getFirst()).path("context").asText())
          .isEqualTo("2048");
      assertThat(only("fit", "hf.co/a/b:Q4_K_M", "--json").path("measured").path("loads").asInt())
          .isEqualTo(3);
      station.answering("POST /manage/fit", 200, "[" + fit + "," + fit + "]");
      typed.run("fit", "llama3.2:1b", "--json");
      assertThat(typed.out().lines()).hasSize(2);
      station.answering(
          "POST /manage/fit", 404, "{\"detail\":\"model 'nope:latest' not found\",\"next\":\"\"}");
      assertThat(typed.run("fit", "nope")).isEqualTo(4);
      assertThat(typed.err()).contains("corral pull nope");
    }
    typed.environment.put("CORRAL_URL", "http://127.0.0.1:1");
    assertThat(typed.run("fit", "llama3.2:1b")).isEqualTo(3);
  }
}
