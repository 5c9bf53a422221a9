package dev.corral.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.api.SizesView;
import dev.corral.api.Verification;
import dev.corral.model.Bytes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `corral verify`: are the bytes still right.
@Command(
    name = "verify",
    description = "Hash the files of models and name what is damaged; without a name, of all.")
final class Verify extends Verb {
  private static final Duration LOOK = Duration.ofMillis(300);

  @Parameters(arity = "0..*", paramLabel = "MODEL")
  List<String> models = new ArrayList<>();

  @Option(names = "--repair", description = "Fetch what is damaged or missing.")
  boolean repair;

  @Override
  void run() {
    List<List<String>> rows = new ArrayList<>();
    boolean good = true;
    try (Interrupted _ = new Interrupted(screen(), "The server goes on to its end.");
        Progress progress = new Progress(screen(), root().quiet || json())) {
      for (String model : models.isEmpty() ? all() : models) {
        JsonNode answer = verified(model, progress);
        Verification end = Json.as(answer, Verification.class);
        good &= end.whole();
        if (json()) {
          document(answer);
        }
        rows.addAll(rows(end));
      }
    }
    if (!json()) {
      screen().table(List.of("NAME", "STATE", "PART", "SIZE", "NOTE"), rows);
    }
    if (!good) {
      throw new Failure(
          Exit.FAILED,
          "not all is whole",
          repair
              ? "Fetch a model anew: corral pull MODEL"
              : "Fetch what is damaged with: corral verify --repair");
    }
  }

  /// What lies in folders of the server's machine.
  private Set<String> all() {
    SizesView sizes = Json.as(server().get("/manage/sizes"), SizesView.class);
    Set<String> names = new LinkedHashSet<>();
    for (SizesView.Model model : sizes.models()) {
      if (List.of("own", "ollama", "seed").contains(model.where())) {
        names.add(model.model());
      }
    }
    return names;
  }

  private JsonNode verified(String model, Progress progress) {
    String path = "/manage/models/" + Server.encoded(model) + "/verify";
    JsonNode answer = server().post(path + "?wait=false", new Verification.Ask(repair));
    while (answer.path("endedAt").isNull()) {
      progress.bytes(
          "verifying " + model,
          answer.path("bytesDone").asLong(),
          Math.max(1, answer.path("bytesTotal").asLong()));
      pause();
      answer = server().get(path);
    }
    return answer;
  }

  private static void pause() {
    try {
      Thread.sleep(LOOK);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private List<List<String>> rows(Verification end) {
    if (end.parts().isEmpty()) {
      String state = end.whole() ? screen().good("whole") : screen().bad("unknown");
      String size = new Bytes(end.bytesTotal()).human();
      return List.of(List.of(end.model(), state, "-", size, end.error()));
    }
    List<List<String>> rows = new ArrayList<>();
    for (Verification.Part part : end.parts()) {
      boolean mended = part.state().equals("repaired");
      rows.add(
          List.of(
              end.model(),
              mended ? screen().good(part.state()) : screen().bad(part.state()),
              part.digest(),
              new Bytes(part.size()).human(),
              mended ? new Bytes(part.fetchedBytes()).human() + " fetched" : part.error()));
    }
    return rows;
  }
}
