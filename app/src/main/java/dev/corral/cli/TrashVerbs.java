package dev.corral.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.api.Trashed;
import dev.corral.model.Bytes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `corral trash`: what was deleted lately.
@Command(name = "trash", description = "List, restore and empty what was deleted.")
final class TrashVerbs extends Verb {
  private static final String PATH = "/manage/trash";

  @Override
  void run() {
    listing(this);
  }

  /// The subcommands, by name.
  static Map<String, Verb> parts() {
    return Map.of("list", new Listing(), "restore", new Restore(), "empty", new Empty());
  }

  @Command(name = "list", description = "The deleted models, the newest first.")
  static final class Listing extends Verb {
    @Override
    void run() {
      listing(this);
    }
  }

  @Command(name = "restore", description = "Bring a deleted model back.")
  static final class Restore extends Verb {
    @Parameters(arity = "1..*", paramLabel = "MODEL", description = "A name, or an ID of the list.")
    List<String> models = new ArrayList<>();

    @Override
    void run() {
      for (String model : models) {
        JsonNode answer = server().post(PATH, new Trashed.Restore(model));
        if (json()) {
          document(answer);
        }
        done("restored '" + Json.as(answer, Trashed.Restored.class).model() + "'");
      }
    }
  }

  @Command(name = "empty", description = "Delete for good what is in the trash.")
  static final class Empty extends Verb {
    @Override
    void run() {
      JsonNode inside = server().get(PATH);
      if (!inside.isEmpty()) {
        confirm(
            inside.size() == 1
                ? "A model is deleted for good."
                : inside.size() + " models are deleted for good.");
      }
      JsonNode answer = server().delete(PATH, null);
      if (json()) {
        document(answer);
      }
      Trashed.Emptied emptied = Json.as(answer, Trashed.Emptied.class);
      done(
          "deleted "
              + emptied.models().size()
              + " for good, "
              + new Bytes(emptied.freedBytes())
              + " came free");
    }
  }

  private static void listing(Verb verb) {
    JsonNode items = verb.server().get(PATH);
    if (verb.json()) {
      verb.document(items);
      return;
    }
    Instant now = Instant.now();
    List<List<String>> rows = new ArrayList<>();
    for (JsonNode node : items) {
      Trashed item = Json.as(node, Trashed.class);
      rows.add(
          List.of(
              item.model(),
              item.id(),
              ModelVerbs.size(item.sizeBytes()),
              ModelVerbs.size(item.freesBytes()),
              Words.ago(item.deletedAt(), now),
              Words.ago(item.goesAt(), now)));
    }
    verb.screen().table(List.of("NAME", "ID", "SIZE", "FREES", "DELETED", "GOES"), rows);
  }
}
