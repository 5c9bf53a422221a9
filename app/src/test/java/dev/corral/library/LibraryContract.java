package dev.corral.library;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.db.Database;
import dev.corral.db.DatabaseSettings;
import dev.corral.db.Opening;
import dev.corral.db.Schema;
import dev.corral.model.ModelName;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the table of downloaded models promises on both databases.
abstract class LibraryContract {
  static final Instant NOON = Instant.parse("2026-08-01T12:00:00Z");

  @TempDir Path home;
  Database database;
  Library library;

  abstract DatabaseSettings settings();

  @BeforeEach
  void open() {
    database =
        switch (Database.open(settings(), home.resolve("library.db"), Schema.LIBRARY)) {
          case Opening.Opened opened -> opened.database();
          case Opening.Refused no -> throw new IllegalStateException(no.message());
        };
    library = new Library(database, Clock.systemUTC());
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void allThatIsKnownOfAModelComesBackAsItWasWritten() {
    Entry full =
        new Entry(
            "hf.co/owner/repo-GGUF:Q4_K_M",
            "Repo, it's \"quoted\"",
            "owner/repo-GGUF",
            "repo-Q4_K_M.gguf",
            "Q4_K_M",
            8.03,
            131072L,
            4912.9,
            "/somewhere/else",
            "hf.co/owner/repo-GGUF:Q4_K_M",
            Entry.CUSTOM_HF,
            List.of("chat", "größer"),
            NOON,
            NOON.plusSeconds(60));
    library.record(full);

    assertThat(library.all()).containsExactly(full);
    assertThat(library.find(name("HF.co/owner/repo-gguf:q4_k_m"))).contains(full);
  }

  @Test
  void whatANewerPullDoesNotKnowStaysAndPeoplesOwnWordsStayToo() {
    library.record(entry("llama3.2:1b", "My little one", Entry.CURATED, 1.24, null));
    library.record(entry("llama3.2:1b", "llama3.2:1b", Entry.LOCAL, null, NOON));

    assertThat(library.all())
        .containsExactly(entry("llama3.2:1b", "My little one", Entry.CURATED, 1.24, NOON));
  }

  @Test
  void onlyRealUseMovesTheTimeForward() {
    library.record(Entry.of(name("llama3.2:1b")));
    library.used(Map.of(name("llama3.2:1b"), NOON, name("nobody:knows"), NOON));
    library.used(Map.of(name("LLAMA3.2:1B"), NOON.minusSeconds(5)));

    assertThat(library.find(name("llama3.2:1b")).orElseThrow().lastUsed()).isEqualTo(NOON);
    assertThat(library.all()).hasSize(1);
  }

  @Test
  void aForgottenModelStaysForgottenUntilSomebodyRecordsItAgain() {
    ModelName name = name("mistral:7b");
    library.record(Entry.of(name));
    assertThat(library.forget(name)).isTrue();
    assertThat(library.forget(name)).isFalse();
    assertThat(library.all()).isEmpty();
    assertThat(library.allUntracked()).contains(name.key());

    library.record(Entry.of(name));
    assertThat(library.allUntracked()).isEmpty();
  }

  @Test
  void namesThatAreLongerThanTheColumnAreCutAndStillFound() {
    ModelName name =
        name(
            "registry.example.com/" + "n".repeat(80) + "/" + "m".repeat(80) + ":" + "t".repeat(80));
    library.record(Entry.of(name));
    library.record(Entry.of(name));

    assertThat(library.all()).hasSize(1);
    assertThat(library.find(name)).isPresent();
  }

  @Test
  void whatNoBackendHasAnyMoreIsGoneAndWhatIsSilentIsNot() {
    ModelName name = name("llama3.2:1b");
    library.record(Entry.of(name));
    library.look(List.of(place("one", true), place("two", true, name), place("three", false)));
    Sighting here = library.sightings().get("llama3.2:1b");
    assertThat(here.backends()).containsExactly("two");
    assertThat(here.goneAt()).isNull();
    assertThat(here.digest()).isEqualTo("d".repeat(64));

    library.look(List.of(place("one", true), place("two", false)));
    assertThat(library.sightings().get("llama3.2:1b")).isEqualTo(here);

    library.look(List.of(place("one", true), place("two", true)));
    Sighting gone = library.sightings().get("llama3.2:1b");
    assertThat(gone.backends()).isEmpty();
    assertThat(gone.goneAt()).isNotNull();
    assertThat(library.all()).hasSize(1);

    library.look(List.of(place("one", true, name)));
    assertThat(library.sightings().get("llama3.2:1b").goneAt()).isNull();
    assertThat(library.forget(name)).isTrue();
    assertThat(library.sightings()).isEmpty();
  }

  private static Place place(String backend, boolean up, ModelName... names) {
    Map<String, Place.Found> models = new HashMap<>();
    for (ModelName name : names) {
      models.put(
          name.key(),
          new Place.Found(name, "d".repeat(64), 1_300_000_000, "Q8_0", "1.2B", 131072, NOON));
    }
    return new Place(backend, up, models);
  }

  static ModelName name(String text) {
    return ModelName.parse(text).orElseThrow();
  }

  static Entry entry(String id, String shown, String source, Double billions, Instant at) {
    return new Entry(
        id, shown, "", "", "", billions, null, null, "", id, source, List.of(), at, null);
  }
}
