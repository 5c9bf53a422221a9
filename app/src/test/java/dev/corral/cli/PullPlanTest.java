package dev.corral.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What speaks against a pull before it begins.
class PullPlanTest {
  @TempDir Path home;
  private Station station;
  private Typed typed;

  @BeforeEach
  void start() throws IOException {
    station = new Station().answering("GET /manage/session", 200, "{\"keysInForce\":false}");
    typed = new Typed(home).at(station);
    String done = job("done", "\"2026-01-01T00:00:09Z\"", 300);
    station
        .answering("POST /manage/pulls", 202, job("queued", "null", 0))
        .answering("GET /manage/pulls", 200, "[" + done + "]")
        .answering("POST /manage/pulls/check", 200, check(true, true, ""));
  }

  @AfterEach
  void stop() {
    station.close();
  }

  private static String check(boolean loads, boolean answers, String problem) {
    return """
    {"model":"big:70b","on":"own","loads":%s,"template":true,"answers":%s,"problem":"%s"}\
    """
        .formatted(loads, answers, problem);
  }

  private static String job(String state, String ended, long done) {
    return job(state, ended, done, "");
  }

  private static String job(String state, String ended, long done, String cause) {
    return """
    {"id":"7","model":"big:70b","target":"own","state":"%s","bytesDone":%d,"bytesTotal":300,\
    "percent":0.0,"bytesPerSecond":0,"etaSeconds":null,"etaSecondsMost":null,"attempt":1,\
    "startedAt":"2026-01-01T00:00:00Z","endedAt":%s,"error":"","cause":"%s","askedBy":"local"}\
    """
        .formatted(state, done, ended, cause);
  }

  private void plan(String verdict, long fetch, long free) {
    station.answering(
        "POST /manage/pulls/plan",
        200,
        """
        [{"model":"big:70b","target":"own","why":"","there":false,"current":null,"missing":false,\
        "bytesTotal":%d,"bytesToFetch":%d,"freeBytes":%d,"freeAfter":%d,"verdict":"%s",\
        "fitReason":"it needs 40 GiB, 8 GiB are free","missingBytes":9,"seconds":61,\
        "problem":"","next":"Choose a smaller quantization."}]\
        """
            .formatted(fetch, fetch, free, free - fetch, verdict));
  }

  @Test
  void aModelThatWillNotFitIsRefusedUnlessItIsWantedAllTheSame() {
    plan("wont", 300, 5000);
    assertThat(typed.run("pull", "big:70b")).isEqualTo(5);
    assertThat(typed.err())
        .contains(
            "'big:70b' does not fit here: it needs 40 GiB, 8 GiB are free",
            "Choose a smaller quantization. To fetch it all the same: --force");
    assertThat(station.bodies("POST /manage/pulls")).isEmpty();
    assertThat(typed.run("pull", "big:70b", "--dry-run")).as("a check for scripts").isEqualTo(5);
    assertThat(typed.run("pull", "big:70b", "--force")).as(typed.err()).isZero();
    assertThat(station.bodies("POST /manage/pulls")).hasSize(1);
  }

  @Test
  void whatDoesNotFitOnTheDiskIsRefusedWithTheBytesThatLack() {
    plan("perfect", 3_000_000, 1_000_000);
    assertThat(typed.run("pull", "big:70b", "--force")).isEqualTo(5);
    assertThat(typed.err()).contains("there is no room: 3.0 MB", "Free at least 2.0 MB");
  }

  @Test
  void aPlanThatNobodyCouldMakeIsAFailureWithTheReason() {
    station.answering(
        "POST /manage/pulls/plan",
        200,
        """
        [{"model":"big:70b","target":"own","why":"","there":false,"current":null,"missing":false,\
        "bytesTotal":0,"bytesToFetch":0,"freeBytes":9,"freeAfter":9,"verdict":"","fitReason":"",\
        "missingBytes":0,"seconds":null,"problem":"there is no host called r","next":"Go online."}]\
        """);
    assertThat(typed.run("pull", "big:70b", "--dry-run")).isEqualTo(1);
    assertThat(typed.err()).contains("'big:70b': there is no host called r", "Go online.");
  }

  @Test
  void whatARegistryDeniesIsARefusalAndNoFailure() {
    station.answering(
        "POST /manage/pulls/plan",
        200,
        """
        [{"model":"big:70b","target":"own","why":"","there":false,"current":null,"missing":false,\
        "denied":true,"bytesTotal":0,"bytesToFetch":0,"freeBytes":9,"freeAfter":9,"verdict":"",\
        "fitReason":"","missingBytes":0,"seconds":null,"problem":"r does not give it out",\
        "next":"Set HF_TOKEN."}]\
        """);
    assertThat(typed.run("pull", "big:70b", "--dry-run")).isEqualTo(5);
    assertThat(typed.err()).contains("'big:70b': r does not give it out", "Set HF_TOKEN.");
  }

  @Test
  void aPullThatFailsEndsAsItsCauseSays() {
    plan("perfect", 300, 5000);
    ends("denied", 5);
    ends("no-room", 5);
    ends("missing", 4);
    ends("", 1);
  }

  private void ends(String cause, int exit) {
    String failed = job("failed", "\"2026-01-01T00:00:09Z\"", 0, cause);
    station.answering("GET /manage/pulls", 200, "[" + failed + "]");
    assertThat(typed.run("pull", "big:70b")).as(cause).isEqualTo(exit);
  }

  @Test
  void thePlanIsATable() {
    plan("tight", 1_000_000, 3_000_000);
    assertThat(typed.run("pull", "big:70b", "--dry-run")).isZero();
    assertThat(typed.out()).contains("big:70b\town\t-\tno\t1.0 MB\t3.0 MB → 2.0 MB\ttight\t1m1s");
  }

  @Test
  void aJobThatSomebodyPausesIsNotWaitedFor() {
    plan("perfect", 300, 5000);
    station.answering("GET /manage/pulls", 200, "[" + job("paused", "null", 100) + "]");
    assertThat(typed.run("pull", "big:70b")).isEqualTo(1);
    assertThat(typed.err()).contains("is paused", "Go on with: corral pull big:70b --on own");
  }

  @Test
  void aModelThatCameAndSaysNothingIsAFailure() {
    plan("perfect", 300, 5000);
    station.answering(
        "POST /manage/pulls/check", 200, check(true, false, "it loads, and answers nothing"));
    assertThat(typed.run("pull", "big:70b")).isEqualTo(1);
    assertThat(typed.err()).contains("'big:70b': it loads, and answers nothing");
    assertThat(station.bodies("POST /manage/pulls/check"))
        .allSatisfy(body -> assertThat(body).contains("\"model\":\"big:70b\"", "\"on\":\"own\""));
  }

  @Test
  void aCertificateThatIsWrongIsNoMatterForTheCommandLineOfACorral() {
    assertThat(typed.run("pull", "big:70b", "--insecure")).isEqualTo(2);
    assertThat(typed.err()).contains("pull: registries: in corral.yaml");
  }

  @Test
  void jsonIsOneObjectALine() {
    plan("perfect", 300, 5000);
    assertThat(typed.run("pull", "big:70b", "--json")).isZero();
    assertThat(typed.err()).isEmpty();
    assertThat(typed.out().lines().toList())
        .allMatch(line -> line.startsWith("{"))
        .last()
        .asString()
        .contains("\"good\":true");
  }
}
