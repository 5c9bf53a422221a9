package dev.corral.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.RunningCorral;
import dev.corral.testkit.Content;
import dev.corral.testkit.Fault;
import dev.corral.testkit.OllamaNode;
import dev.corral.testkit.PullPlan;
import dev.corral.testkit.RegistryDouble;
import dev.corral.testkit.RegistryDouble.ImageLayer;
import dev.corral.testkit.TestModel;
import dev.corral.testkit.Where;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `corral pull` in front of nodes that pull from a registry.
class PullVerbTest {
  private static final Content CONFIG = Content.of("{\"model_format\":\"gguf\"}");
  private static final Content WEIGHTS = Content.random(300_000, 11);

  @TempDir private Path home;
  private final RegistryDouble registry = RegistryDouble.start();
  private final OllamaNode one = OllamaNode.start();
  private final OllamaNode two = OllamaNode.start();
  private final String fox = "127.0.0.1:" + registry.port() + "/ns/fox:t";
  private final String owl = "127.0.0.1:" + registry.port() + "/ns/owl:t";
  private RunningCorral corral;
  private Typed typed;

  @BeforeEach
  void prepare() {
    offer(fox, "ns/fox:t", "the fox");
    offer(owl, "ns/owl:t", "the owl");
  }

  private void offer(String name, String published, String sentence) {
    Content weights = Content.of(sentence + " of weights");
    String digest = registry.publish(published, CONFIG, new ImageLayer("model", weights));
    PullPlan plan =
        PullPlan.brings(TestModel.says(name, sentence).ofSize(weights.size()))
            .of(digest.substring(7), weights.digest().substring(7));
    one.onPull(name, plan);
    two.onPull(name, plan);
  }

  @AfterEach
  void stop() {
    corral.close();
    one.close();
    two.close();
    registry.close();
  }

  private Typed at(String yaml) {
    corral =
        RunningCorral.with(yaml + "\npull: {registries: [\"" + registry.url() + "\"]}\n", one, two);
    typed = new Typed(home);
    typed.environment.put("CORRAL_URL", corral.url());
    return typed;
  }

  @Test
  void aNamedModelIsFetchedVerifiedAndSaid() {
    at("");
    assertThat(typed.run("pull", fox)).as(typed.err()).isZero();
    assertThat(typed.out()).isEqualTo("pulled '" + fox + "'\n");
    assertThat(typed.err()).contains(fox + " on one", "done");
    assertThat(one.modelNames()).contains(fox);
    assertThat(two.modelNames()).doesNotContain(fox);
  }

  @Test
  void allThatIsConfiguredIsFetchedWhereItIsMissingAndLookedAt() {
    at("default: markov-a\naliases: {cunning: \"" + fox + "\", sly: cunning, wise: " + owl + "}");
    assertThat(typed.run("pull")).as(typed.err()).isZero();
    List<String> lines = typed.out().lines().toList();
    assertThat(lines.getFirst())
        .isEqualTo("MODEL\tON\tSTATE\tSIZE\tDIGEST\tLOADS\tTEMPLATE\tTOKEN\tPROBLEM");
    assertThat(lines).hasSize(4);
    assertThat(lines.get(1))
        .startsWith("markov-a:latest\tone\tthere\t")
        .contains("\tyes\tyes\tyes");
    assertThat(lines.subList(2, 4)).allMatch(line -> line.contains("\tpulled\t"));
    assertThat(one.exchanges("/api/pull")).as("what is there is not fetched").hasSize(2);
  }

  @Test
  void aPlanSaysWhatConfiguresAModel() {
    at("default: markov-a");
    assertThat(typed.run("pull", "--dry-run", "--json")).isZero();
    assertThat(Json.read(typed.out()).path(0).path("why").asText()).isEqualTo("default");
  }

  @Test
  void aDryRunTellsBytesAndDoesNothing() {
    at("aliases: {cunning: \"" + fox + "\"}");
    assertThat(typed.run("pull", "--dry-run")).as(typed.err()).isZero();
    assertThat(typed.out())
        .contains("MODEL\tON\tFOR\tTHERE\tFETCH\tDISK FREE\tFIT\tTIME", "alias cunning\tno\t")
        .contains("to fetch in all; nothing was done.");
    assertThat(typed.run("pull", fox, "--dry-run", "--json")).isZero();
    JsonNode plan = Json.read(typed.out()).path(0);
    assertThat(plan.path("bytesToFetch").asLong()).isEqualTo(plan.path("bytesTotal").asLong());
    assertThat(one.exchanges("/api/pull")).isEmpty();
  }

  @Test
  void onNamesANodeAndAllMeansEveryOne() {
    at("");
    assertThat(typed.run("pull", fox, "--on", "two")).as(typed.err()).isZero();
    assertThat(two.modelNames()).contains(fox);
    assertThat(typed.run("pull", owl, "--on", "all")).as(typed.err()).isZero();
    assertThat(typed.out().lines()).hasSize(3);
    assertThat(one.modelNames()).contains(owl);
    assertThat(two.modelNames()).contains(owl);
    assertThat(typed.run("pull", owl, "--on", "three")).as("no such thing").isEqualTo(4);
    assertThat(typed.err()).contains("There is no backend 'three'");
  }

  @Test
  void theNodeThatWasPulledToIsTheOneThatMustAnswer() {
    at("");
    two.inject(
        new Fault.Status(500, "llama runner process has terminated"), Where.path("/api/generate"));
    assertThat(typed.run("pull", fox, "--on", "all")).isEqualTo(1);
    assertThat(typed.out()).containsPattern("\tone\tpulled\t.*\tyes\tyes\tyes\t-");
    assertThat(typed.out()).containsPattern("\ttwo\tpulled\t.*\tno\t.*has terminated");
    assertThat(typed.err()).contains("'" + fox + "': llama runner process has terminated");
  }

  @Test
  void aNameThatNoRegistryHasIsNoSuchThing() {
    at("");
    String nobody = "127.0.0.1:" + registry.port() + "/ns/nobody:t";
    assertThat(typed.run("pull", nobody)).isEqualTo(4);
    assertThat(typed.err()).contains("no registry has '" + nobody + "'", "Check the spelling");
    assertThat(typed.run("pull", "sha256:" + "a".repeat(64))).isEqualTo(2);
  }

  @Test
  void aHostThatMayNotBeAskedIsARefusal() {
    at("");
    assertThat(typed.run("pull", "registry.example/ns/fox:t")).isEqualTo(5);
    assertThat(typed.err()).contains("registry.example", "pull.hosts");
    assertThat(typed.run("pull", "registry.example/ns/fox:t", "--dry-run")).isEqualTo(5);
    assertThat(one.exchanges("/api/pull")).isEmpty();
  }

  @Test
  void aModelThatIsThereAndAnswersNothingIsAFailure() {
    at("aliases: {cunning: \"" + fox + "\"}");
    one.inject(
        new Fault.Status(500, "model requires more system memory than is available"),
        Where.path("/api/generate"));
    assertThat(typed.run("pull")).isEqualTo(1);
    assertThat(typed.out()).contains("\tpulled\t", "requires more system memory");
  }

  @Test
  void aPullThatFailsIsToldInItsRow() {
    at("aliases: {cunning: \"" + fox + "\", wise: \"" + owl + "\"}");
    one.onPull(
        owl, PullPlan.brings(TestModel.says(owl, "x")).failing("write x: no space left on device"));
    assertThat(typed.run("pull")).as("no room").isEqualTo(5);
    assertThat(typed.out()).contains("\tfailed\t", "the disk of the node 'one' is full");
    assertThat(typed.err()).contains("'" + owl + "': the disk of the node 'one' is full");
  }

  @Test
  void whatIsDeniedBehindItsManifestIsARefusalAndOneThatFailsBesideItIsAFailure() {
    at("aliases: {cunning: \"" + fox + "\", wise: \"" + owl + "\"}");
    PullPlan denied = PullPlan.brings(TestModel.says(fox, "x")).failing("403: ");
    one.onPull(fox, denied);
    assertThat(typed.run("pull", fox)).isEqualTo(5);
    assertThat(typed.err()).contains("'" + fox + "': the node says: 403: ");
    assertThat(typed.run("pull")).as("the owl came").isEqualTo(5);
    assertThat(typed.out()).contains("\tfailed\t", "\tpulled\t");
    one.onPull(owl, PullPlan.brings(TestModel.says(owl, "x")).failing("it broke"));
    assertThat(typed.run("pull", fox, owl)).as("not only denied").isEqualTo(1);
  }

  @Test
  void whatOnlyTheNodeFindsMissingIsNoSuchThing() {
    at("");
    one.onPull(
        fox,
        PullPlan.brings(TestModel.says(fox, "x"))
            .failing("pull model manifest: file does not exist"));
    assertThat(typed.run("pull", fox)).isEqualTo(4);
    assertThat(typed.err()).contains("no registry has '" + fox + "'");
  }

  @Test
  void nothingConfiguredIsSaid() {
    at("");
    assertThat(typed.run("pull")).isZero();
    assertThat(typed.out()).contains("Nothing is configured to be fetched");
  }

  @Test
  void aTiersFileOfAnApplicationIsReadAsItIs() throws IOException {
    corral = RunningCorral.alone("");
    corral.close();
    at("tiers-file: " + tiers());
    assertThat(typed.run("pull")).as(typed.err()).isZero();
    assertThat(typed.out()).contains(fox + "\tone\tpulled");
    RunningCorral.await(
        () -> corral.manage("GET", "/manage/models", "").text().contains("/ns/fox:t"), "seen");
    assertThat(typed.run("run", "tier:pro", "Hi")).as(typed.err()).isZero();
    assertThat(typed.out()).isEqualTo("the fox\n");
  }

  private Path tiers() throws IOException {
    return Files.writeString(
        home.resolve("tiers.yaml"),
        """
        # kept by an application
        tiers:
          free: {model: ollama/markov-a, tokens_per_day: 1000}
          pro:
            model: "ollama/%s"
            temperature: 0.7
        other: [1, 2]
        """
            .formatted(fox));
  }

  @Test
  void onATerminalEachJobHasALineThatIsRedrawn() {
    at("");
    one.onPull(
        fox,
        PullPlan.brings(TestModel.says(fox, "x").ofSize(WEIGHTS.size()))
            .in(10, Duration.ofMillis(80)));
    registry.publish("ns/fox:t", CONFIG, new ImageLayer("model", WEIGHTS));
    typed.onATerminal().run("pull", fox, owl);
    assertThat(typed.err()).contains("\u001b[1A", "\u001b[?7l", "█");
    assertThat(typed.err())
        .as("no letter of what was cut stays in the last column")
        .doesNotContainPattern("(?<!\u001b\\[K)\n\r");
    assertThat(typed.run("pull", owl, "--quiet")).isZero();
    assertThat(typed.out() + typed.err()).isEmpty();
  }

  @Test
  void whatIsConfiguredIsFetchedAtTheStartOnlyWhereThatIsWanted() {
    corral =
        RunningCorral.with(
            "default: \""
                + fox
                + "\"\npull: {at-start: true, registries: [\""
                + registry.url()
                + "\"]}\n",
            one,
            two);
    RunningCorral.await(() -> one.modelNames().contains(fox), "it is fetched at the start");
    assertThat(corral.manage("GET", "/manage/pulls", "").json().path(0).path("askedBy").asText())
        .isEqualTo("pull.at-start");
  }
}
