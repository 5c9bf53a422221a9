package dev.corral.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.api.Checked;
import dev.corral.api.Pruned;
import dev.corral.api.SizesView;
import dev.corral.model.Bytes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// The verbs that keep the store small, tell its sizes, and check what is configured.
final class KeepVerbs {
  private KeepVerbs() {}

  @Command(
      name = "prune",
      description = {
        "Move models of our own store that nobody used for long to the trash, and remove blobs that"
            + " nobody mentions.",
        "Never what is protected, assigned, loaded or answering."
      })
  static final class Prune extends Verb {
    @Option(
        names = "--unused-for",
        paramLabel = "TIME",
        description = "Such as 30d, 12h (default: what prune: in corral.yaml says).")
    String unusedFor = "";

    @Option(names = "--dry-run", description = "Only tell what would go.")
    boolean dryRun;

    @Override
    void run() {
      JsonNode answer = server().post("/manage/prune", new Pruned.Ask(unusedFor, dryRun));
      if (json()) {
        document(answer);
        return;
      }
      Pruned pruned = Json.as(answer, Pruned.class);
      List<List<String>> rows = new ArrayList<>();
      for (Pruned.Model model : pruned.models()) {
        rows.add(
            List.of(
                model.model(),
                ModelVerbs.size(model.bytes()),
                Words.ago(model.unusedSince(), Instant.now())));
      }
      screen().table(List.of("NAME", "FREES", "UNUSED SINCE"), rows);
      String would = dryRun ? "would come free" : "came free";
      done(
          new Bytes(pruned.bytesNow())
              + " "
              + would
              + " of "
              + pruned.orphans()
              + " blobs that nobody uses; "
              + new Bytes(pruned.bytesLater())
              + " come free when the trash is emptied");
    }
  }

  @Command(name = "sizes", description = "What takes how much of the disk.")
  static final class Sizes extends Verb {
    private static final String NOT_LINKED =
        "an anchor that is not linked is lost when somebody else removes its blobs: its folder is"
            + " not Corral's to write (store.ollama: write allows it), lies on another machine, or"
            + " its file system has no hard links";

    @Option(names = "--paths", description = "Only the files of models, one a line, for scripts.")
    boolean paths;

    @Override
    void run() {
      JsonNode answer = server().get("/manage/sizes?paths=" + paths);
      if (json()) {
        document(answer);
        return;
      }
      SizesView sizes = Json.as(answer, SizesView.class);
      if (paths) {
        sizes.models().stream()
            .flatMap(model -> model.paths().stream())
            .distinct()
            .sorted()
            .forEach(screen()::print);
        return;
      }
      List<List<String>> rows = new ArrayList<>();
      for (SizesView.Model model : sizes.models()) {
        rows.add(
            List.of(
                model.model(),
                model.where(),
                ModelVerbs.size(model.sizeBytes()),
                ModelVerbs.size(model.aloneBytes()),
                words(model.sharesWith()),
                words(model.assignedAs()),
                model.isProtected() ? "protected" : "-"));
      }
      for (SizesView.Anchor anchor : sizes.anchors()) {
        String size = ModelVerbs.size(anchor.sizeBytes());
        Long frees = anchor.aloneBytes();
        String alone = frees == null ? "-" : ModelVerbs.size(frees);
        boolean linked = anchor.heldBy().equals("links");
        String kept = linked ? "anchor" : "anchor, not linked";
        rows.add(List.of(anchor.model(), anchor.where(), size, alone, "-", "-", kept));
      }
      screen()
          .table(List.of("NAME", "WHERE", "SIZE", "ALONE", "SHARES WITH", "USED AS", "KEPT"), rows);
      done(
          "store "
              + (sizes.folder() == null ? "" : sizes.folder() + " ")
              + "on a disk of "
              + new Bytes(sizes.totalBytes())
              + ": "
              + new Bytes(sizes.freeBytes())
              + " free, "
              + new Bytes(sizes.reserveBytes())
              + " kept in reserve, "
              + new Bytes(sizes.trashBytes())
              + " come free with the trash, "
              + new Bytes(sizes.anchorBytes())
              + " with the anchors");
      if (!sizes.anchors().stream().allMatch(anchor -> anchor.heldBy().equals("links"))) {
        done(NOT_LINKED);
      }
    }

    private static String words(List<String> words) {
      return words.isEmpty() ? "-" : String.join(",", words);
    }
  }

  @Command(
      name = "check",
      description = "Is all that is configured here, whole, and does it answer? By exit code.")
  static final class Check extends Verb {
    @Override
    void run() {
      JsonNode answer = server().post("/manage/checks/check", Map.of());
      Checked checked = Json.as(answer, Checked.class);
      if (json()) {
        document(answer);
      } else if (!checked.models().isEmpty()) {
        table(checked);
      }
      if (!checked.good()) {
        throw new Failure(
            Exit.FAILED, "not all that is configured is well", "Fetch it all with: corral pull");
      }
      done(
          checked.models().isEmpty()
              ? "nothing is configured; name a model under default: in corral.yaml"
              : "all that is configured is here, whole and answers");
    }

    private void table(Checked checked) {
      List<List<String>> rows = new ArrayList<>();
      for (Checked.Model model : checked.models()) {
        rows.add(
            List.of(
                model.model(),
                model.as(),
                model.on().isEmpty() ? "-" : String.join(",", model.on()),
                mark(model.here()),
                mark(model.whole()),
                mark(model.answers()),
                model.problem()));
      }
      screen().table(List.of("NAME", "AS", "ON", "HERE", "WHOLE", "ANSWERS", "NOTE"), rows);
    }

    private String mark(boolean good) {
      return good ? screen().good("yes") : screen().bad("no");
    }
  }
}
