package dev.corral.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.assign.Assignments;
import dev.corral.fleet.Backend;
import dev.corral.fleet.FleetSnapshot;
import dev.corral.route.Refusal.Kind;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Who is asked, in which order, and whom nobody is asked for.
class RouterTest {
  private static final Assignments NONE = Assignments.of("", Map.of());

  private final Stall here = Stall.node("here").holding("llama3.2:latest", "qwen:7b");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "llama3.2",
        "llama3.2:latest",
        "LLAMA3.2",
        "Llama3.2:Latest",
        "library/llama3.2",
        "registry.ollama.ai/library/llama3.2:latest",
        "ollama/llama3.2"
      })
  void aModelIsFoundByEveryNameThatOllamaReadsAsItsOwn(String name) {
    Plan plan = plan(name, NONE, here);
    assertThat(plan.candidates().getFirst().why()).isEqualTo("on its disk");
  }

  @Test
  void aNameThatNeedsNoResolvingGoesOutAsItCameIn() {
    assertThat(plan("LLAMA3.2", NONE, here).rewritten()).isFalse();
    Plan prefixed = plan("ollama/llama3.2", NONE, here);
    assertThat(prefixed.rewritten()).isTrue();
    assertThat(prefixed.model()).isEqualTo("llama3.2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt-4o", "GPT-4o", "gpt-4o:latest", "ollama/gpt-4o"})
  void anAliasIsKnownInAnyCaseWithOrWithoutItsTag(String name) {
    Plan plan = plan(name, Assignments.of("", Map.of("gpt-4o", "qwen:7b")), here);
    assertThat(plan.model()).isEqualTo("qwen:7b");
    assertThat(plan.rewritten()).isTrue();
    assertThat(plan.steps()).singleElement().asString().contains("is an alias of 'qwen:7b'");
  }

  @Test
  void anAliasMayNameAnAliasAndEachStepIsTold() {
    Plan plan = plan("a", Assignments.of("", Map.of("a", "b", "b", "qwen:7b")), here);
    assertThat(plan.model()).isEqualTo("qwen:7b");
    assertThat(plan.steps())
        .containsExactly("'a' is an alias of 'b'", "'b' is an alias of 'qwen:7b'");
  }

  @Test
  void aliasesThatGoInACircleAreToldWithTheFileToMend() {
    Refusal no = refusal("a", Assignments.of("", Map.of("a", "b", "b", "a")), here);
    assertThat(no.kind()).isEqualTo(Kind.UNKNOWN_ASSIGNMENT);
    assertThat(no.why()).isEqualTo("The alias 'a' leads in a circle");
    assertThat(no.next()).contains("corral.yaml");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "default", "Default", "ollama/"})
  void whoNamesNothingGetsTheDefault(String name) {
    Plan plan = plan(name, Assignments.of("qwen:7b", Map.of()), here);
    assertThat(plan.model()).isEqualTo("qwen:7b");
    assertThat(plan.rewritten()).isTrue();
  }

  @Test
  void theDefaultMayBeAnAliasAndAnAliasMayMeanTheDefault() {
    Map<String, String> aliases = Map.of("best", "qwen:7b", "gpt-4o", "default");
    assertThat(plan("", Assignments.of("best", aliases), here).model()).isEqualTo("qwen:7b");
    assertThat(plan("gpt-4o", Assignments.of("best", aliases), here).model()).isEqualTo("qwen:7b");
  }

  @Test
  void aDefaultThatLeadsBackToItselfIsACircle() {
    Assignments circle = Assignments.of("best", Map.of("best", "worst", "worst", "best"));
    assertThat(refusal("", circle, here).why()).contains("circle");
  }

  @Test
  void whoNamesNothingWhereNothingIsTheDefaultIsToldBothWaysOut() {
    Refusal no = refusal("", NONE, here);
    assertThat(no.kind()).isEqualTo(Kind.NO_NAME);
    assertThat(no.next()).contains("Name one").contains("default:");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tier:pro", "TIER:pro", "role:summarize", "profile:nova"})
  void reservedNamesAreOursEvenWhereANodeHasAModelOfThatName(String name) {
    Refusal no = refusal(name, NONE, Stall.node("one").holding(name));
    assertThat(no.kind()).isEqualTo(Kind.UNKNOWN_ASSIGNMENT);
    assertThat(no.next()).contains("is configured; name a model: corral list");
  }

  @Test
  void aTierThatIsNotThereIsToldWithThoseThatAre() {
    Map<String, String> tiers = Map.of("tier:pro", "m", "tier:free", "m", "gpt-4o", "m");
    Refusal no = refusal("tier:gold", Assignments.of("", tiers), here);
    assertThat(no.next()).isEqualTo("There are: tier:free, tier:pro");
  }

  @Test
  void aRealModelOfAReservedNameIsReachedInItsNamespace() {
    Plan plan = plan("library/tier:x", NONE, Stall.node("one").holding("tier:x"));
    assertThat(plan.candidates().getFirst().why()).isEqualTo("on its disk");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt-oss:cloud", "gpt-oss:120b-cloud", "GPT-oss:120b-CLOUD"})
  void namesOfTheVendorsCloudAreRefusedEvenWhereANodeListsThem(String name) {
    assertThat(refusal(name, NONE, here).kind()).isEqualTo(Kind.CLOUD_NAME);
    Stall listing = Stall.node("one").holding(name);
    assertThat(refusal(name, NONE, listing).kind()).isEqualTo(Kind.CLOUD_NAME);
  }

  @Test
  void aCloudModelBehindAHarmlessNameIsRefusedAndALocalOneOfThatNameIsAsked() {
    Stall lists = Stall.node("lists").holdingRemote("helper");
    assertThat(refusal("helper", NONE, lists).kind()).isEqualTo(Kind.CLOUD_NAME);
    Stall has = Stall.node("has").holding("helper");
    assertThat(names(plan("helper", NONE, lists, has))).containsExactly("has");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "../../etc/passwd", "/etc/passwd", "a\\b", "a\nb", "modèle"})
  void whatIsNobodysNameIsRefusedInOllamasWords(String name) {
    Refusal no = refusal(name, NONE, here);
    assertThat(no.kind()).isEqualTo(Kind.BAD_NAME);
    assertThat(no.why()).isEqualTo("invalid model name");
  }

  @ParameterizedTest
  @ValueSource(strings = {"model@rev", "a/b/c/d", "x:"})
  void whatOnlyOllamasGrammarDoesNotKnowIsTheBackendsToJudge(String name) {
    assertThat(names(plan(name, NONE, here))).containsExactly("here");
  }

  @Test
  void oneThatIsUpComesBeforeOneNotYetSeenAndThatBeforeOneThatIsDown() {
    Stall down = Stall.node("down").holding("m").in(Backend.State.DOWN);
    Stall unseen = Stall.node("unseen").holding("m").in(Backend.State.UNKNOWN);
    Stall up = Stall.node("up").holding("m");
    Plan plan = plan("m", NONE, down, unseen, up);
    assertThat(names(plan)).containsExactly("up", "unseen", "down");
    assertThat(plan.candidates().getLast().why()).isEqualTo("on its disk, down when last seen");
  }

  @Test
  void theOneWithTheModelInMemoryComesFirstUnlessItKeepsFailing() {
    Stall cold = Stall.node("cold").holding("m");
    Stall warm = Stall.node("warm").holding("m").withLoaded("m");
    assertThat(names(plan("m", NONE, cold, warm))).containsExactly("warm", "cold");
    warm.failed(5);
    assertThat(names(plan("m", NONE, cold, warm))).containsExactly("cold", "warm");
    warm.succeeded();
    assertThat(names(plan("m", NONE, cold, warm))).containsExactly("warm", "cold");
  }

  @Test
  void amongEqualsTheLeastBusyForItsWeightComesFirst() {
    Stall small = Stall.node("small").holding("m").busyWith(2);
    Stall big = Stall.node("big").holding("m").weighing(4).busyWith(4);
    assertThat(names(plan("m", NONE, small, big))).containsExactly("big", "small");
    big.busyWith(8);
    assertThat(names(plan("m", NONE, small, big))).containsExactly("small", "big");
  }

  @Test
  void whoDrainsOrIsOurselvesIsNeverAsked() {
    Stall draining = Stall.node("draining").holding("m").drained();
    Stall ourselves = Stall.node("ourselves").holding("m").in(Backend.State.OURSELVES);
    Stall up = Stall.node("up").holding("m");
    assertThat(names(plan("m", NONE, draining, ourselves, up))).containsExactly("up");
    Refusal no = refusal("m", NONE, draining, ourselves);
    assertThat(no.kind()).isEqualTo(Kind.UNREACHABLE);
    assertThat(no.next()).contains("corral backends");
  }

  @Test
  void aModelThatNobodyWasSeenWithIsAskedForAtTheNodesSinceTheyKnowBest() {
    Stall api = Stall.openai("api").holding("gpt-4o-mini");
    Plan plan = plan("brand-new", NONE, here, api);
    assertThat(names(plan)).containsExactly("here");
    assertThat(plan.candidates().getFirst().why()).contains("not seen on any backend yet");
  }

  @Test
  void aServerOfOpenaisApiIsAskedOnlyForWhatItCanAnswer() {
    Stall api = Stall.openai("api").holding("org/model");
    assertThat(names(plan("org/model", NONE, api))).containsExactly("api");
    FleetSnapshot fleet = Stall.fleet(api);
    assertThat(Router.plan(new Asked("org/model", false), fleet, NONE)).isInstanceOf(Refusal.class);
  }

  @Test
  void namesOfAServerOfOpenaisApiAreOpaque() {
    Stall api = Stall.openai("api").holding("meta-llama/Llama-3.1 8B@v2", "o1:cloud");
    assertThat(names(plan("meta-llama/Llama-3.1 8B@v2", NONE, api))).containsExactly("api");
    assertThat(names(plan("o1:cloud", NONE, api))).containsExactly("api");
  }

  @Test
  void withoutAnyBackendTheCallerIsToldHowToGetOne() {
    Refusal no = refusal("m", NONE);
    assertThat(no.kind()).isEqualTo(Kind.NO_BACKEND);
    assertThat(no.next()).contains("Start Ollama").contains("backends:");
  }

  private static Plan plan(String name, Assignments assignments, Stall... stalls) {
    Decision decision = Router.plan(new Asked(name, true), Stall.fleet(stalls), assignments);
    assertThat(decision).isInstanceOf(Plan.class);
    return (Plan) decision;
  }

  private static Refusal refusal(String name, Assignments assignments, Stall... stalls) {
    Decision decision = Router.plan(new Asked(name, true), Stall.fleet(stalls), assignments);
    assertThat(decision).isInstanceOf(Refusal.class);
    return (Refusal) decision;
  }

  private static List<String> names(Plan plan) {
    return plan.candidates().stream().map(candidate -> candidate.backend().name()).toList();
  }
}
