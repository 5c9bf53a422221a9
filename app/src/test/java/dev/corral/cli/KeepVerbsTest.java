package dev.corral.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The verbs that remove, bring back, verify and check, as somebody types them.
class KeepVerbsTest {
  private static final String OWN =
      "DELETE /manage/models/hen?weights=true&now=false&force=false&dry-run=";

  @TempDir private Path home;
  private Station station;
  private Typed typed;

  @BeforeEach
  void open() throws IOException {
    station = new Station();
    station.answering("GET /manage/session", 200, "{\"keysInForce\":false}");
    typed = new Typed(home).at(station);
  }

  @AfterEach
  void close() {
    station.close();
  }

  private void holding(String backend, boolean trash, String usedBy) {
    String answer =
        """
        {"model":"hen:latest","weights":true,"dryRun":false,\
        "places":[{"backend":"%s","trash":%s,"bytesNow":0,"bytesLater":14000}],\
        "usedBy":[%s],"bytesNow":0,"bytesLater":14000,"goesAt":null}\
        """
            .formatted(backend, trash, usedBy);
    station.answering(OWN + "true", 200, answer).answering(OWN + "false", 200, answer);
  }

  private boolean deleted() {
    return station.asked.stream().anyMatch(one -> one.route().equals(OWN + "false"));
  }

  @Test
  void whatGoesToTheTrashIsDeletedWithoutAQuestionAndTheWayBackIsTold() {
    holding("own", true, "\"it was used 5 minutes ago\"");

    assertThat(typed.run("rm", "hen")).isZero();

    assertThat(typed.out())
        .startsWith("deleted 'hen'\n")
        .contains("it was used 5 minutes ago")
        .contains("14 KB come free when the trash is emptied")
        .contains("corral trash restore hen:latest");
  }

  @Test
  void whereThereIsNoTrashATerminalIsAskedAndNoMeansNo() {
    holding("rig", false, "");

    assertThat(typed.answering("n\n").run("rm", "hen")).isEqualTo(5);
    assertThat(typed.err()).contains("lies on rig, where there is no trash", "nothing was done");
    assertThat(deleted()).isFalse();

    assertThat(typed.answering("yes\n").run("rm", "hen")).isZero();
    assertThat(deleted()).isTrue();
  }

  @Test
  void withYesOrWithoutATerminalNobodyIsAsked() {
    holding("rig", false, "");

    assertThat(typed.run("rm", "hen")).isZero();
    assertThat(typed.err()).contains("where there is no trash");
    assertThat(typed.answering("").run("rm", "hen", "--yes")).isZero();
    assertThat(typed.err()).isEmpty();
  }

  @Test
  void aRefusalEndsWithItsOwnCode() {
    station.answering(
        OWN + "true",
        409,
        "{\"title\":\"x\",\"detail\":\"'hen' is in use\",\"next\":\"corral rm hen --force\"}");
    assertThat(typed.run("rm", "hen")).isEqualTo(5);
    assertThat(typed.err()).isEqualTo("Error: 'hen' is in use\ncorral rm hen --force\n");
  }

  @Test
  void theTrashIsListedAndEmptied() {
    station
        .answering(
            "GET /manage/trash",
            200,
            """
            [{"id":"1-a","model":"hen:latest","digest":"d","deletedAt":"2026-01-01T00:00:00Z",\
            "goesAt":"2026-01-02T00:00:00Z","sizeBytes":5000,"freesBytes":3000}]\
            """)
        .answering("DELETE /manage/trash", 200, "{\"models\":[\"hen\"],\"freedBytes\":3000}")
        .answering("POST /manage/trash", 200, "{\"model\":\"hen:latest\"}");
    assertThat(typed.run("trash")).isZero();
    assertThat(typed.out()).contains("hen:latest\t1-a\t5.0 KB\t3.0 KB");
    assertThat(typed.run("trash", "restore", "hen")).isZero();
    assertThat(typed.out()).isEqualTo("restored 'hen:latest'\n");
    assertThat(typed.run("trash", "empty")).isZero();
    assertThat(typed.out()).contains("3.0 KB came free");
  }

  @Test
  void anAnchorIsShownWithWhatItAloneHoldsAndWhetherItOutlastsACleanUp() {
    String anchor =
        """
        {"model":"hen:latest","where":"own","digest":"d","sizeBytes":5000,"aloneBytes":%s,\
        "heldBy":"%s","madeAt":"2026-01-01T00:00:00Z"}\
        """;
    String all =
        """
        {"folder":null,"totalBytes":90000,"freeBytes":9000,"reserveBytes":1000,"trashBytes":0,\
        "anchorBytes":3000,"models":[],"anchors":[%s]}\
        """;
    String route = "GET /manage/sizes?paths=false";
    station.answering(route, 200, all.formatted(anchor.formatted("3000", "links")));
    assertThat(typed.run("sizes")).isZero();
    assertThat(typed.out())
        .contains("hen:latest\town\t5.0 KB\t3.0 KB\t-\t-\tanchor\n")
        .contains("3.0 KB with the anchors")
        .doesNotContain("not linked");
    station.answering(route, 200, all.formatted(anchor.formatted("null", "copy")));
    assertThat(typed.run("sizes")).isZero();
    assertThat(typed.out())
        .contains("5.0 KB\t-\t-\t-\tanchor, not linked\n")
        .contains("store.ollama: write");
  }

  @Test
  void damageEndsVerifyWithACodeAndTheCommandThatRepairs() {
    station.answering(
        "POST /manage/models/hen/verify?wait=false",
        200,
        """
        {"model":"hen:latest","state":"done","whole":false,"bytesDone":5,"bytesTotal":5,\
        "percent":100,"parts":[{"digest":"sha256:ab","mediaType":"m","size":5,"state":"damaged",\
        "fetchedBytes":0,"error":""}],"error":"","startedAt":"2026-01-01T00:00:00Z",\
        "endedAt":"2026-01-01T00:00:01Z"}\
        """);
    assertThat(typed.run("verify", "hen")).isEqualTo(1);
    assertThat(typed.out()).contains("hen:latest\tdamaged\tsha256:ab");
    assertThat(typed.err()).contains("corral verify --repair");
  }

  @Test
  void checkEndsWithACodeAndTellsWhatIsMissing() {
    station.answering(
        "POST /manage/checks/check",
        200,
        """
        {"good":false,"models":[{"model":"hen:latest","as":"default","on":[],"here":false,\
        "whole":false,"answers":false,"problem":"fetch it with: corral pull hen:latest"}]}\
        """);
    assertThat(typed.run("check")).isEqualTo(1);
    assertThat(typed.out()).contains("hen:latest\tdefault\t-\tno\tno\tno\tfetch it with");
    station.answering("POST /manage/checks/check", 200, "{\"good\":true,\"models\":[]}");
    assertThat(typed.run("check")).isZero();
  }

  @Test
  void aDryRunTellsWhatWouldGoAndDeletesNothing() {
    holding("own", true, "\"it is the default model\"");
    assertThat(typed.run("rm", "hen", "--dry-run")).isZero();
    assertThat(typed.out())
        .startsWith("would delete 'hen'\n  it is the default model\n  0 B would come free now");
    assertThat(deleted()).isFalse();
  }

  @Test
  void whatManagementCannotReadIsWrongUsageAndWhatHasNoRoomIsRefused() {
    station.answering("POST /manage/prune", 400, "{\"detail\":\"'soon' is no span of time\"}");
    assertThat(typed.run("prune", "--unused-for", "soon")).isEqualTo(2);
    assertThat(typed.err()).contains("'soon' is no span of time");
    station.answering("POST /manage/prune", 507, "{\"detail\":\"the disk is full\"}");
    assertThat(typed.run("prune")).isEqualTo(5);
    station.answering("POST /api/show", 400, "{\"error\":\"it cannot\"}");
    assertThat(typed.run("show", "hen")).as("what a model cannot is no usage").isEqualTo(1);
  }
}
