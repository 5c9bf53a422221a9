package dev.corral;

import static dev.corral.blobs.Shop.name;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.blobs.Folders;
import dev.corral.blobs.Shop;
import dev.corral.blobs.Store;
import dev.corral.blobs.StoreFailure;
import dev.corral.pull.Yard;
import dev.corral.testkit.Answer;
import dev.corral.testkit.Content;
import dev.corral.testkit.OllamaNode;
import dev.corral.testkit.RegistryDouble;
import dev.corral.testkit.RegistryDouble.ImageLayer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Models that are removed, kept and brought back, in the whole program on a real disk.
class KeepingTest {
  private static final String ALONE =
      "engine: {enabled: true}\nstore: {ollama: 'off', reserve: '0'}\n";

  private RunningCorral corral = RunningCorral.alone(ALONE);
  private Store store = beside(corral);

  @AfterEach
  void close() throws IOException {
    store.close();
    corral.close();
  }

  /// Another one on the same store puts models there and looks what is there.
  private static Store beside(RunningCorral corral) {
    try {
      return Store.open(Folders.own(corral.home().resolve("models")), _ -> {});
    } catch (StoreFailure e) {
      throw new AssertionError(e);
    }
  }

  private void restart(String yaml, OllamaNode... nodes) throws IOException {
    close();
    corral = nodes.length == 0 ? RunningCorral.alone(yaml) : RunningCorral.with(yaml, nodes);
    store = beside(corral);
    if (nodes.length > 0) {
      RunningCorral.await(this::firstNodeIsUp, "the node has answered");
    }
  }

  private boolean firstNodeIsUp() {
    for (JsonNode backend : ask("GET", "/manage/backends").json()) {
      if (backend.path("name").asText().equals("one")) {
        return backend.path("state").asText().equals("up");
      }
    }
    return false;
  }

  private Answer ask(String method, String path) {
    return corral.manage(method, path, "");
  }

  /// Size and place of a model in the table that other programs read.
  private String row(String model) throws SQLException {
    String file = "jdbc:sqlite:" + corral.home().resolve("library.db") + "?busy_timeout=60000";
    try (Connection library = DriverManager.getConnection(file);
        PreparedStatement statement =
            library.prepareStatement(
                "select file_size_mb, file_path from downloaded_models where model_id = ?")) {
      statement.setString(1, model);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next() ? rows.getString(1) + " " + rows.getString(2) : "";
      }
    }
  }

  private static String path(String model, String query) {
    return "/manage/models/" + model.replace("/", "%2F") + "?weights=true" + query;
  }

  @Test
  void aDeletedModelGoesToTheTrashSaysWhatItFreesAndComesBack() throws Exception {
    Shop.publish(store, "farm/hen:red", "cluck", "You are a hen.");
    Shop.publish(store, "chick", "cluck", "You are a chick.");

    Answer deleted = ask("DELETE", path("farm/hen:red", ""));

    assertThat(deleted.status()).isEqualTo(200);
    assertThat(deleted.json().path("bytesNow").asLong()).isZero();
    assertThat(deleted.json().path("bytesLater").asLong()).isEqualTo(14);
    assertThat(deleted.json().path("goesAt").asText()).isNotEmpty();
    assertThat(store.find(name("farm/hen:red"))).isEmpty();
    JsonNode trash = ask("GET", "/manage/trash").json();
    assertThat(trash).hasSize(1);
    assertThat(trash.path(0).path("model").asText()).isEqualTo("farm/hen:red");
    assertThat(trash.path(0).path("freesBytes").asLong()).isEqualTo(14);

    Answer second = ask("DELETE", path("chick", ""));
    assertThat(second.json().path("bytesLater").asLong()).isEqualTo(5 + 16 + Shop.CONFIG.length);
    assertThat(store.trash().restore("chick")).isNotNull();

    Answer back = corral.manage("POST", "/manage/trash", "{\"model\":\"farm/hen:red\"}");
    assertThat(back.status()).isEqualTo(200);
    assertThat(store.find(name("farm/hen:red")).orElseThrow().whole()).isTrue();
    RunningCorral.await(
        () -> ask("GET", "/manage/models/farm%2Fhen:red").json().path("tracked").asBoolean(),
        "it is in the library again");
    assertThat(row("farm/hen:red"))
        .as("with its size and its place")
        .matches("\\d.* \\S*sha256-\\w+");
    Answer again = corral.manage("POST", "/manage/trash", "{\"model\":\"farm/hen:red\"}");
    assertThat(again.status()).isEqualTo(404);
    assertThat(again.json().path("next").asText()).contains("corral pull farm/hen:red");
  }

  @Test
  void whoAsksOllamasWayMeetsTheTrashToo() throws Exception {
    Shop.publish(store, "hen", "cluck", "x");

    Answer deleted = corral.manage("DELETE", "/api/delete", "{\"model\":\"hen\"}");

    assertThat(deleted.status()).isEqualTo(200);
    assertThat(deleted.text()).isEmpty();
    assertThat(store.trash().items()).hasSize(1);
    assertThat(ask("DELETE", "/manage/trash").json().path("freedBytes").asLong())
        .isEqualTo(6 + Shop.CONFIG.length);
    assertThat(Shop.files(corral.home().resolve("models/blobs"))).isEmpty();
  }

  @Test
  void pastTheTrashOrWithoutOneAModelIsGoneAtOnce() throws Exception {
    Shop.publish(store, "hen", "cluck", "x");
    Answer deleted = ask("DELETE", path("hen", "&now=true"));
    assertThat(deleted.json().path("bytesNow").asLong()).isEqualTo(6 + Shop.CONFIG.length);
    assertThat(store.trash().items()).isEmpty();

    restart(ALONE.replace("reserve", "trash: 0, reserve"));
    Shop.publish(store, "hen", "cluck", "x");
    assertThat(ask("DELETE", path("hen", "")).json().path("goesAt").isNull()).isTrue();
    assertThat(store.trash().items()).isEmpty();
    assertThat(Shop.files(corral.home().resolve("models/blobs"))).isEmpty();
  }

  @Test
  void whatIsAssignedIsOnlyDeletedByForce() throws Exception {
    restart(ALONE + "default: hen\naliases: {gpt-4o: hen}\n");
    Shop.publish(store, "hen", "cluck", "x");

    Answer refused = ask("DELETE", path("hen", ""));

    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.json().path("detail").asText())
        .contains("it is the default model", "the alias 'gpt-4o' means it");
    assertThat(refused.json().path("next").asText()).contains("corral rm hen:latest --force");
    assertThat(store.find(name("hen"))).isPresent();

    assertThat(ask("DELETE", path("hen", "&force=true")).status()).isEqualTo(200);
    assertThat(store.find(name("hen"))).isEmpty();
  }

  @Test
  void withoutWeightsOrOnADryRunNothingIsTouched() throws Exception {
    Shop.publish(store, "hen", "cluck", "x");

    assertThat(ask("DELETE", path("hen", "&dry-run=true")).json().path("dryRun").asBoolean())
        .isTrue();
    assertThat(ask("DELETE", "/manage/models/hen").json().path("weights").asBoolean()).isFalse();

    assertThat(store.find(name("hen")).orElseThrow().whole()).isTrue();
    assertThat(ask("DELETE", "/manage/models/nobody").status()).isEqualTo(404);
    assertThat(ask("DELETE", "/manage/models/..%2F..%2Fetc").status()).isEqualTo(400);
    assertThat(ask("DELETE", path("hen", "&now=perhaps")).status()).isEqualTo(400);
  }

  @Test
  void onAnOllamaNodeAModelIsGoneForGoodAndThatIsSaidBefore() throws Exception {
    try (OllamaNode node = OllamaNode.start()) {
      restart("", node);
      String model = node.modelNames().getFirst();

      JsonNode plan = ask("DELETE", path(model, "&dry-run=true")).json();
      assertThat(plan.path("places").path(0).path("trash").asBoolean()).isFalse();
      assertThat(plan.path("places").path(0).path("backend").asText()).isEqualTo("one");

      assertThat(ask("DELETE", path(model, "&force=true")).status()).isEqualTo(200);
      assertThat(node.modelNames()).doesNotContain(model);
    }
  }

  @Test
  void aProtectedModelSurvivesWhateverComesThroughCorral() throws Exception {
    restart(ALONE + "protected: [hen]\naliases: {bird: chick}\n");
    Shop.publish(store, "hen", "cluck", "x");
    Shop.publish(store, "chick", "peep", "x");
    awaitListed("hen");

    assertThat(ask("DELETE", path("hen", "&force=true&now=true")).status()).isEqualTo(403);
    assertThat(ask("DELETE", "/manage/models/hen").status()).isEqualTo(403);
    Answer ollamas = corral.manage("DELETE", "/api/delete", "{\"model\":\"HEN:latest\"}");
    assertThat(ollamas.status()).isEqualTo(403);
    assertThat(ollamas.json().path("error").asText()).contains("is protected", "corral unprotect");
    String onto = "{\"source\":\"chick\",\"destination\":\"hen\"}";
    assertThat(corral.manage("POST", "/api/copy", onto).status()).isEqualTo(403);
    String over = "{\"model\":\"hen\",\"from\":\"chick\",\"stream\":false}";
    assertThat(corral.manage("POST", "/api/create", over).status()).isEqualTo(403);
    String virtual = "{\"model\":\"bird\"}";
    assertThat(corral.manage("DELETE", "/api/delete", virtual).status()).isEqualTo(403);
    assertThat(corral.manage("POST", "/api/pull", virtual).status()).isEqualTo(403);

    Answer pruned = corral.manage("POST", "/manage/prune", "{\"unusedFor\":\"0m\"}");
    assertThat(pruned.json().path("models")).isEmpty();
    assertThat(store.find(name("hen")).orElseThrow().whole()).isTrue();
    assertThat(store.find(name("chick")).orElseThrow().whole()).isTrue();
  }

  @Test
  void damageIsNamedByModelAndDigest() throws Exception {
    Shop.publish(store, "hen", "cluck", "x");
    Shop.publish(store, "cow", "moo", "x");
    Files.writeString(store.blob(Shop.digest("cluck")).orElseThrow(), "clock");
    Files.delete(store.blob(Shop.digest("moo")).orElseThrow());

    JsonNode hen = corral.manage("POST", "/manage/models/hen/verify", "{}").json();
    JsonNode cow = corral.manage("POST", "/manage/models/cow/verify", "{}").json();

    assertThat(hen.path("whole").asBoolean()).isFalse();
    assertThat(hen.path("parts")).hasSize(1);
    assertThat(hen.path("parts").path(0).path("state").asText()).isEqualTo("damaged");
    assertThat(hen.path("parts").path(0).path("digest").asText())
        .isEqualTo(Shop.digest("cluck").toString());
    assertThat(cow.path("parts").path(0).path("state").asText()).isEqualTo("missing");
    assertThat(ask("GET", "/manage/models/hen/verify").json().path("state").asText())
        .isEqualTo("done");
    assertThat(corral.manage("POST", "/manage/models/ox/verify", "{}").status()).isEqualTo(404);
    assertThat(ask("GET", "/manage/models/ox/verify").status()).isEqualTo(404);
  }

  @Test
  void whatIsNotUsedGoesToTheTrashAndWhatIsAssignedStays() throws Exception {
    restart(ALONE + "default: hen\n");
    Shop.publish(store, "hen", "cluck", "x");
    Shop.publish(store, "cow", "moo", "x");
    store.put("application/x", Shop.bytes("lost"));
    Files.setLastModifiedTime(
        store.blob(Shop.digest("lost")).orElseThrow(), FileTime.from(Instant.EPOCH));
    age("hen");
    age("cow");

    JsonNode plan =
        corral.manage("POST", "/manage/prune", "{\"unusedFor\":\"30d\",\"dryRun\":true}").json();
    assertThat(plan.path("models")).hasSize(1);
    assertThat(plan.path("orphans").asInt()).isEqualTo(1);
    assertThat(store.find(name("cow"))).isPresent();

    JsonNode done = corral.manage("POST", "/manage/prune", "{\"unusedFor\":\"30d\"}").json();
    assertThat(done.path("models").path(0).path("model").asText()).isEqualTo("cow:latest");
    assertThat(store.find(name("hen"))).isPresent();
    assertThat(store.find(name("cow"))).isEmpty();
    assertThat(store.hasBlob(Shop.digest("lost"))).isFalse();
    assertThat(store.trash().items()).hasSize(1);
    assertThat(corral.manage("POST", "/manage/prune", "{\"unusedFor\":\"soon\"}").status())
        .isEqualTo(400);
  }

  private void age(String model) throws IOException {
    Files.setLastModifiedTime(
        corral.home().resolve("models/manifests/registry.ollama.ai/library/" + model + "/latest"),
        FileTime.from(Instant.EPOCH));
  }

  @Test
  void sizesTellWhoSharesWhatAndPathsAreForTheOperator() throws Exception {
    Shop.publish(store, "hen", "cluck", "x");
    Shop.publish(store, "chick", "cluck", "y");

    JsonNode sizes = ask("GET", "/manage/sizes?paths=true").json();

    assertThat(sizes.path("folder").asText()).isNotEmpty();
    assertThat(sizes.path("models")).hasSize(2);
    JsonNode one = sizes.path("models").path(0);
    assertThat(one.path("where").asText()).isEqualTo("own");
    assertThat(one.path("aloneBytes").asLong()).isEqualTo(1);
    assertThat(one.path("sharesWith")).hasSize(1);
    assertThat(one.path("paths")).hasSize(3);
    assertThat(ask("GET", "/manage/sizes").json().path("models").path(0).path("paths")).isEmpty();
  }

  @Test
  void checkAsksWhatIsConfiguredAndNamesWhatIsMissing() throws Exception {
    try (OllamaNode node = OllamaNode.start()) {
      String model = node.modelNames().getFirst();
      restart("default: " + model + "\naliases: {bird: phoenix}\n", node);

      JsonNode checked = ask("GET", "/manage/checks/check").json();

      assertThat(checked.path("good").asBoolean()).isFalse();
      assertThat(checked.path("models").path(0).path("answers").asBoolean()).isTrue();
      assertThat(checked.path("models").path(1).path("here").asBoolean()).isFalse();
      assertThat(checked.path("models").path(1).path("problem").asText())
          .contains("corral pull phoenix");
    }
  }

  @Test
  void aDamagedBlobIsFetchedAgainWhereThatIsAsked() throws Exception {
    try (RegistryDouble registry = RegistryDouble.start()) {
      String name = "127.0.0.1:" + registry.port() + "/farm/hen:red";
      restart(ALONE + "pull: {registries: [\"http://127.0.0.1:" + registry.port() + "\"]}\n");
      Content weights = Content.of("cluck".repeat(1000));
      registry.publish("farm/hen:red", Yard.CONFIG, new ImageLayer("model", weights));
      String pull = "{\"model\":\"" + name + "\",\"stream\":false}";
      assertThat(corral.manage("POST", "/api/pull", pull).status()).isEqualTo(200);
      Path file = store.find(name(name)).orElseThrow().weights().orElseThrow();
      Files.writeString(file, "clock".repeat(1000));
      String path = "/manage/models/" + name.replace("/", "%2F") + "/verify";

      JsonNode damaged = corral.manage("POST", path, "{}").json();
      assertThat(damaged.path("parts").path(0).path("state").asText()).isEqualTo("damaged");

      JsonNode repaired = corral.manage("POST", path, "{\"repair\":true}").json();
      assertThat(repaired.path("parts").path(0).path("state").asText()).isEqualTo("repaired");
      assertThat(repaired.path("whole").asBoolean()).isTrue();
      assertThat(file).hasContent("cluck".repeat(1000));
    }
  }

  private void awaitListed(String model) {
    RunningCorral.await(
        () -> {
          Answer seen = corral.manage("POST", "/manage/backends/own/test", "");
          return seen.json().path("models").toString().contains("\"" + model + ":latest\"");
        },
        model + " is listed");
  }
}
