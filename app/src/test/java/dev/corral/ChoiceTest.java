package dev.corral;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.Choice.Chosen;
import dev.corral.Choice.Own;
import dev.corral.config.Loaded;
import dev.corral.config.Sources;
import dev.corral.config.Variables;
import dev.corral.control.Backends;
import dev.corral.db.Database;
import dev.corral.db.DatabaseSettings;
import dev.corral.db.Opening;
import dev.corral.db.Schema;
import dev.corral.fleet.Fleet;
import dev.corral.fleet.HealthSettings;
import dev.corral.fleet.Named;
import dev.corral.ollama.Node;
import dev.corral.upstream.Upstream;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who answers where nobody, or somebody, said it.
class ChoiceTest {
  private static final String REMEMBERED = "backend.found";

  @TempDir private Path home;

  private final Vertx vertx = Vertx.vertx();
  private Database database;
  private boolean able = true;
  private boolean models;
  private boolean installed;

  @BeforeEach
  void open() {
    database =
        ((Opening.Opened)
                Database.open(
                    DatabaseSettings.defaults(), home.resolve("corral.db"), Schema.CORRAL))
            .database();
  }

  @AfterEach
  void close() {
    database.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @Test
  void aMachineWithNothingGetsTheOwnEngineAndIsSearchedOnce() {
    Chosen chosen = chosen(Map.of(), Map.of());
    assertThat(names(chosen)).containsExactly("own");
    assertThat(chosen.searching()).isTrue();
    assertThat(chosen.why()).isEqualTo("no Ollama is named, installed or found: the own engine");
  }

  @Test
  void anOllamaThatIsInstalledIsWaitedForAndTheWayOutIsTold() {
    installed = true;
    Chosen chosen = chosen(Map.of(), Map.of());
    assertThat(names(chosen)).containsExactly("ollama");
    assertThat(chosen.why()).contains("installed here", "engine.enabled: true");
  }

  @Test
  void anOllamaThatWasFoundBeforeIsNotReplaced() {
    remember("http://127.0.0.1:4711");
    Chosen chosen = chosen(Map.of(), Map.of());
    assertThat(names(chosen)).containsExactly("ollama");
    assertThat(chosen.searching()).isFalse();
  }

  @Test
  void theOwnEngineStaysOnceItHasModelsEvenIfAnOllamaIsInstalledLater() {
    remember("inside:");
    installed = true;
    models = true;
    Chosen chosen = chosen(Map.of(), Map.of());
    assertThat(names(chosen)).containsExactly("own");
    assertThat(chosen.searching()).isFalse();
    models = false;
    assertThat(names(chosen(Map.of(), Map.of()))).as("nothing to lose").containsExactly("ollama");
  }

  @Test
  void withoutLibrariesAnOllamaIsAwaited() {
    able = false;
    Chosen chosen = chosen(Map.of(), Map.of());
    assertThat(names(chosen)).containsExactly("ollama");
    assertThat(chosen.searching()).isTrue();
  }

  @Test
  void whoNamesABackendGetsThatAloneUnlessTheEngineIsWantedBeside() {
    Map<String, String> named = Map.of("OLLAMA_HOST", "http://gpu-box:11434");
    assertThat(names(chosen(Map.of(), named))).containsExactly("ollama");
    assertThat(names(chosen(Map.of("engine.enabled", "true"), named)))
        .containsExactly("ollama", "own");
  }

  @Test
  void whatTheSettingSaysCountsMostOfAll() {
    remember("http://127.0.0.1:4711");
    assertThat(names(chosen(Map.of("engine.enabled", "true"), Map.of()))).containsExactly("own");
    remember("inside:");
    models = true;
    assertThat(names(chosen(Map.of("engine.enabled", "false"), Map.of())))
        .containsExactly("ollama");
  }

  @Test
  void aSearchThatIsCutShortByTheStopHasFoundNothingOut() throws Exception {
    Vertx busy = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    CountDownLatch over = new CountDownLatch(1);
    try {
      busy.runOnContext(_ -> awaitQuietly(over));
      Node node = new Node(new Upstream(busy), "test");
      HealthSettings health = HealthSettings.defaults();
      Fleet none = new Fleet(node, health, Clock.systemUTC(), List.of(), "none", Set.of(), _ -> {});
      choice(node).search(none, chosen(Map.of(), Map.of()), health).close();
    } finally {
      over.countDown();
      busy.close().toCompletionStage().toCompletableFuture().join();
    }
    assertThat(chosen(Map.of(), Map.of()).searching()).as("the next start looks again").isTrue();
  }

  private Chosen chosen(Map<String, String> flags, Map<String, String> environment) {
    Sources sources = new Sources(flags, environment, home, home, null);
    Settings settings = ((Loaded.Valid<Settings>) Settings.load(sources)).settings();
    return choice(new Node(new Upstream(vertx), "test"))
        .of(settings, Variables.of(new HashMap<>(environment)));
  }

  private Choice choice(Node node) {
    Own own = new Own(() -> able, () -> models, () -> installed);
    return new Choice(database, node, new Backends(database, Clock.systemUTC()), own);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void remember(String place) {
    int _ =
        database.inTransaction(sql ->
            sql.update(
                "insert into setting (name, value) values (?, ?)"
                    + " on conflict (name) do update set value = excluded.value",
                REMEMBERED,
                place));
  }

  private static List<String> names(Chosen chosen) {
    return chosen.backends().stream().map(Named::settings).map(one -> one.name()).toList();
  }
}
