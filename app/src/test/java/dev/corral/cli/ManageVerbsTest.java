package dev.corral.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.config.Whereabouts;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManageVerbsTest {
  @TempDir Path home;
  private Station station;
  private Typed typed;

  @BeforeEach
  void start() throws IOException {
    station =
        new Station()
            .answering("GET /health/live", 200, "ok")
            .answering("GET /health/ready", 200, "ok")
            .answering("GET /manage/session", 200, "{\"keysInForce\":false}")
            .answering("GET /manage/requests", 200, "[]")
            .answering("GET /api/ps", 200, "{\"models\":[]}");
    typed = new Typed(home).at(station);
    rigIs("up");
  }

  @AfterEach
  void stop() {
    station.close();
  }

  private void rigIs(String state) {
    String rig =
        """
        {"name":"rig","url":"http://rig:11434","kind":"ollama","state":"%s","version":"0.33.0",\
        "why":"connection refused","source":"config","weight":1.0,"inFlight":2,\
        "models":["a","b"],"loaded":["a"]}\
        """
            .formatted(state);
    station
        .answering("GET /manage/backends", 200, "[" + rig + "]")
        .answering("POST /manage/backends/rig/test", 200, rig)
        .answering("GET /manage/status", 200, "{\"backends\":[" + rig + "],\"openExchanges\":1}");
  }

  @Test
  void theBackendsAreListedWithTheirState() {
    assertThat(typed.run("backends")).isZero();
    assertThat(typed.out()).contains("rig\thttp://rig:11434\tollama\tup\t2\ta\t2\t0.33.0");
  }

  @Test
  void theLogOfARunnerIsAskedOfTheServerAndAnUnknownLogIsRefused() {
    station.answering(
        "GET /manage/runners/ns%2Fa%3A1/log",
        200, "{\"name\":\"ns/a:1\",\"pid\":7,\"from\":3,\"lines\":[\"one\",\"two\",\"three\"]}");
    assertThat(typed.run("logs", "runner", "ns/a:1", "-n", "2")).isZero();
    assertThat(typed.out().lines()).containsExactly("two", "three");
    assertThat(typed.run("logs", "kitchen")).isEqualTo(Exit.USAGE.code());
    assertThat(typed.err()).contains("corral logs runner MODEL");
  }

  @Test
  void aBackendIsAddedDrainedTestedAndRemoved() {
    station
        .answering("POST /manage/backends", 201, "{}")
        .answering("POST /manage/backends/rig/drain", 200, "{}")
        .answering("DELETE /manage/backends/rig", 204, "");
    assertThat(typed.run("backends", "add", "rig", "http://rig:11434")).isZero();
    assertThat(typed.run("backends", "drain", "rig")).isZero();
    assertThat(typed.run("backends", "test", "rig")).isZero();
    assertThat(typed.run("backends", "remove", "rig")).isZero();
    assertThat(Json.read(station.bodies("POST /manage/backends").getFirst()).path("name").asText())
        .isEqualTo("rig");
    rigIs("down");
    assertThat(typed.run("backends", "test", "rig")).isEqualTo(1);
    assertThat(typed.err()).contains("'rig' is down: connection refused");
  }

  @Test
  void aProblemDocumentIsToldWithItsNextStep() {
    station.answering(
        "DELETE /manage/keys/bob",
        404,
        "{\"detail\":\"no key 'bob'\",\"next\":\"See: corral keys\"}");
    assertThat(typed.run("keys", "revoke", "bob")).isEqualTo(4);
    assertThat(typed.err()).isEqualTo("Error: no key 'bob'\nSee: corral keys\n");
  }

  @Test
  void aNewKeyIsAloneOnStandardOutput() {
    station.answering(
        "POST /manage/keys",
        201,
        """
        {"key":{"name":"app","hint":"abc","scopes":["infer","pull"],\
        "createdAt":"2026-01-02T03:04:05Z"},"secret":"s3cret"}\
        """);
    assertThat(typed.run("keys", "create", "app", "--scope", "infer,pull", "--expires", "90d"))
        .isZero();
    assertThat(typed.out()).isEqualTo("s3cret\n");
    assertThat(Json.read(station.bodies("POST /manage/keys").getFirst()))
        .isEqualTo(
            Json.read(
                """
                {"name":"app","scopes":["infer","pull"],"expiresIn":"90d"}\
                """));
    assertThat(typed.run("keys", "create", "app", "--scope", "root")).isEqualTo(2);
  }

  @Test
  void explainTellsEachStepAndEachCandidate() {
    station.answering(
        "GET /manage/explain?model=gpt-4o",
        200,
        """
        {"asked":"gpt-4o","model":"llama3.1:8b","steps":["an alias"],"refusal":"",\
        "candidates":[{"backend":"rig","model":"llama3.1:8b","why":"loaded"}]}\
        """);
    assertThat(typed.run("explain", "gpt-4o")).isZero();
    assertThat(typed.out().lines())
        .containsExactly("gpt-4o → llama3.1:8b", "  an alias", "1. llama3.1:8b on rig: loaded");
  }

  @Test
  void healthTellsByItsExitCode() {
    assertThat(typed.run("health")).isZero();
    station.answering("GET /health/ready", 503, "no backend");
    assertThat(typed.run("health")).isEqualTo(1);
    station.close();
    assertThat(typed.run("health")).isEqualTo(3);
  }

  @Test
  void theDoctorFindsABackendThatIsDownAndSaysWhatToDo() {
    assertThat(typed.run("doctor", "cannot-connect")).isZero();
    rigIs("down");
    assertThat(typed.run("doctor", "cannot-connect")).isEqualTo(1);
    assertThat(typed.out())
        .contains("backend 'rig' at http://rig:11434 is down: connection refused");
    assertThat(typed.err()).contains("What to do: Start it (ollama serve)");
  }

  @Test
  void aBackendThatIsDownHidesNoOtherSymptom() {
    station.answering(
        "GET /manage/status",
        200,
        """
        {"backends":[{"name":"rig","url":"http://rig:11434","state":"down","why":"it is away",\
        "models":[],"loaded":[]}],"engine":{"runners":[],"ended":[]},"notes":[]}\
        """);
    assertThat(typed.run("doctor")).as(typed.err()).isEqualTo(1);
    assertThat(typed.out()).contains("backend 'rig' at", "disk-full\n", "fit-wrong\n");
    station.answering("GET /manage/status", 403, "{}");
    assertThat(typed.run("doctor")).isEqualTo(1);
    assertThat(typed.out()).contains("cannot-connect\n").doesNotContain("disk-full");
  }

  @Test
  void theDoctorComparesEstimatesWithWhatWasMeasured() {
    String unknown =
        """
        "gpus":[{"id":"0","name":"Arc","vendor":"intel","totalBytes":null,"freeBytes":null,\
        "usableBytes":null,"shared":false,"driver":"vulkan","source":"sysfs","vramClass":null}]\
        """;
    hardware("\"gpus\":[]", 1.02);
    assertThat(typed.run("doctor", "fit-wrong")).as(typed.out()).isZero();
    assertThat(typed.out()).contains("models of llama took 102 % of their estimate on cpu");
    hardware("\"gpus\":[]", 1.5);
    assertThat(typed.run("doctor", "fit-wrong")).isZero();
    assertThat(typed.out()).contains("took 150 % of", "a fit counts with it now");
    hardware(unknown, 0.5);
    assertThat(typed.run("doctor", "fit-wrong")).isEqualTo(1);
    assertThat(typed.out())
        .contains(
            "nobody tells how much memory 'Arc' has", "--vram", "a fit is careful", "--force");
    hardware("\"gpus\":[]", 1);
    station.answering(
        "POST /manage/fit",
        200,
        "{\"verdict\":\"perfect\",\"reason\":\"Needs 1 GiB.\",\"exact\":false}");
    assertThat(typed.run("doctor", "fit-wrong", "quokka:1b")).isEqualTo(1);
    assertThat(typed.out())
        .contains("'quokka:1b': perfect. Needs 1 GiB.", "Load it once (corral run quokka:1b Hi)");
  }

  private void hardware(String gpus, double ratio) {
    station.answering(
        "GET /manage/hardware",
        200,
        """
        {%s,"host":{"totalBytes":9,"freeBytes":8,"usableBytes":7,"source":"cgroup"},"classes":[],\
        "loads":[{"architecture":"llama","driver":"cpu","ratio":%s,"loads":4}],\
        "at":"2026-01-01T00:00:00Z"}\
        """
            .formatted(gpus, ratio));
  }

  @Test
  void theDoctorNamesAnotherAddressOnlyWhereThisHomesServerAnswers() throws IOException {
    String there = station.url();
    typed.environment.put("CORRAL_URL", "http://127.0.0.1:1");
    int port = URI.create(there).getPort();
    Files.writeString(home.resolve("corral.yaml"), "server: {port: " + port + "}\n");
    assertThat(typed.run("doctor")).isEqualTo(1);
    assertThat(typed.out())
        .contains("no server answers at http://127.0.0.1:1")
        .contains("the server of this home listens at " + there, "corral list --url " + there);
    Files.writeString(home.resolve("corral.yaml"), "server: {port: 2}\n");
    new Whereabouts(ProcessHandle.current().pid(), there).tell(home);
    assertThat(typed.run("doctor")).isEqualTo(1);
    assertThat(typed.out()).as("by its own word").contains("listens at " + there);
    station.close();
    assertThat(typed.run("doctor")).isEqualTo(1);
    assertThat(typed.out())
        .contains(
            "Start it with: corral serve; as it is configured, it listens at http://127.0.0.1:2")
        .doesNotContain("Ask there");
  }

  @Test
  void theDoctorSaysThatNoServerStartsWithAWrongConfiguration() throws IOException {
    station.close();
    Files.writeString(home.resolve("corral.yaml"), "server: {prot: 12345}\n");
    assertThat(typed.run("doctor")).isEqualTo(1);
    assertThat(typed.out()).contains("the configuration is wrong", "corral.yaml:1");
  }

  @Test
  void theDoctorKnowsAnOllamaFromACorral() {
    station.answering("GET /manage/session", 404, "").answering("GET /api/version", 200, "{}");
    assertThat(typed.run("doctor", "cannot-connect")).isEqualTo(1);
    assertThat(typed.out()).contains("is an Ollama itself");
  }

  @Test
  void theDoctorSaysWhyAModelIsSlow() {
    station
        .answering(
            "GET /api/ps", 200, "{\"models\":[{\"name\":\"m:1b\",\"size\":10,\"size_vram\":5}]}")
        .answering(
            "GET /manage/requests",
            200,
            """
            [{"model":"m:1b","outcome":"answered","firstByteMillis":9000,"tokensPerSecond":20}]\
            """);
    assertThat(typed.run("doctor", "slow", "m")).isEqualTo(1);
    assertThat(typed.out())
        .contains("m:1b is in memory, 50%/50% CPU/GPU", "after 9000 ms", "20.0 tokens/s");
  }

  @Test
  void aModelOnTheCpuOfAMachineWithoutAGpuIsNotIll() {
    String loaded = "\"loaded\":[\"m:1b\"]";
    station
        .answering(
            "GET /api/ps", 200, "{\"models\":[{\"name\":\"m:1b\",\"size\":100,\"size_vram\":0}]}")
        .answering("GET /api/system/gpu", 200, "{\"available\":false,\"gpus\":[]}")
        .answering("GET /manage/requests", 200, "[]")
        .answering(
            "GET /manage/status",
            200,
            "{\"backends\":[{\"name\":\"own\",\"url\":\"inside this program\"," + loaded + "}]}");
    assertThat(typed.run("doctor", "slow")).as(typed.out()).isZero();
    assertThat(typed.out()).contains("m:1b is in memory, on the CPU: this machine has no GPU");
    station.answering(
        "GET /manage/status",
        200,
        "{\"backends\":[{\"name\":\"rig\",\"url\":\"http://rig:11434\"," + loaded + "}]}");
    assertThat(typed.run("doctor", "slow")).as("of another machine nobody knows").isEqualTo(1);
  }

  @Test
  void theDoctorKnowsModelsThatAreNotListedAndPullsThatFailed() {
    station
        .answering(
            "GET /manage/models",
            200,
            """
            [{"name":"hen:1b","state":"present","capabilities":["completion"]},\
            {"name":"owl:1b","state":"gone","capabilities":[]},\
            {"name":"hand","state":"missing","row":{"ollamaModelName":"hand:1b"}}]\
            """)
        .answering("POST /api/show", 200, "{\"template\":\"\"}")
        .answering("GET /manage/pulls", 200, "[" + pull("failed", "x") + "]")
        .answering(
            "GET /manage/disk",
            200,
            "{\"totalBytes\":9,\"freeBytes\":5,\"reserveBytes\":5,\"availableBytes\":0}");
    assertThat(typed.run("doctor", "not-listed")).isEqualTo(1);
    assertThat(typed.out())
        .contains("'owl:1b' is gone", "Fetch it: corral pull owl:1b")
        .contains("'hand' is missing", "corral pull hand:1b, or forget it: corral rm hand\n");
    assertThat(typed.run("doctor", "not-listed", "hen:1b")).isZero();
    assertThat(typed.run("doctor", "not-found", "hen:1b")).isZero();
    station.answering("POST /api/show", 404, "{\"error\":\"model 'cow:latest' not found\"}");
    assertThat(typed.run("doctor", "not-found", "cow")).isEqualTo(1);
    assertThat(typed.err()).contains("What to do: Fetch it: corral pull cow");
    station.answering("POST /api/show", 200, "{\"template\":\"\"}");
    assertThat(typed.run("doctor", "garbage")).as("nobody complained").isZero();
    assertThat(typed.run("doctor", "garbage", "hen:1b")).isEqualTo(1);
    assertThat(typed.out()).contains("'hen:1b' has no chat template");
    assertThat(typed.run("doctor", "pull-fails")).isEqualTo(1);
    assertThat(typed.out()).contains("the last pull of 'owl:1b' failed: x");
    assertThat(typed.run("doctor", "stalled")).isZero();
    assertThat(typed.run("doctor", "disk-full")).isEqualTo(1);
    assertThat(typed.out()).contains("corral trash empty");
    station.answering(
        "GET /manage/pulls", 200, "[" + pull("failed", "x") + "," + pull("done", "") + "]");
    assertThat(typed.run("doctor", "pull-fails")).as("it came at last").isZero();
  }

  private static String pull(String state, String error) {
    return """
    {"id":"7","model":"owl:1b","target":"own","state":"%s","bytesDone":0,"bytesTotal":300,\
    "percent":0.0,"bytesPerSecond":0,"etaSeconds":null,"etaSecondsMost":null,"attempt":1,\
    "startedAt":"2026-01-01T00:00:00Z","endedAt":null,"error":"%s","cause":"","askedBy":"local"}\
    """
        .formatted(state, error);
  }

  @Test
  void theDoctorSeesClientsThatGoPastCorral() {
    typed.environment.put("OLLAMA_HOST", "127.0.0.1:11434");
    station.answering(
        "GET /manage/explain?model=m",
        200,
        """
        {"asked":"m","model":"","steps":[],"candidates":[],"refusal":"model 'm' not found"}\
        """);
    assertThat(typed.run("doctor", "wrong-model", "m")).isEqualTo(1);
    assertThat(typed.out()).contains("go past Corral", "answered by nobody: model 'm' not found");
    assertThat(typed.run("doctor", "toothache")).isEqualTo(2);
  }
}
