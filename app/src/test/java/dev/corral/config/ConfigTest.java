package dev.corral.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.model.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigTest {
  private static final Config CONFIG =
      Config.standard()
          .later(Set.of("tractor", "horses[].saddle"))
          .below(variables ->
              variables
                  .find("STABLE_DOORS")
                  .map(given -> Map.of("barn.doors", given))
                  .orElse(Map.of()));

  @TempDir private Path folder;
  private Path home;
  private Path work;

  @BeforeEach
  void folders() throws IOException {
    home = Files.createDirectory(folder.resolve("home"));
    work = Files.createDirectory(folder.resolve("work"));
  }

  @Test
  void withoutAnySourceEveryValueIsTheDefaultAndSaysSo() {
    Loaded.Valid<Farm> loaded = valid(load(Map.of(), Map.of()));

    assertThat(loaded.settings()).isEqualTo(Farm.DEFAULTS);
    assertThat(loaded.file()).isEmpty();
    assertThat(loaded.entries()).extracting(Setting::source).containsOnly("default");
    assertThat(loaded.entries())
        .extracting(Setting::key)
        .containsExactly(
            "owner",
            "barn.doors",
            "barn.straws",
            "barn.height",
            "barn.open",
            "barn.rest",
            "barn.hay",
            "barn.gate-key",
            "horses",
            "fields",
            "nick-names",
            "dogs");
  }

  @Test
  void everyKindOfValueIsReadAndKeepsItsLine() {
    write(
        """
        owner: Ann
        barn:
          doors: 2
          straws: 123456789012
          height: 3.75
          open: false
          rest: 1h30m
          hay: 10GiB
          gate-key: sesame
        horses:
          - name: Star
            age: 7
            likes: [apples, hay]
          - {name: Sky}
        fields: {north: {crop: oats, acres: 12}}
        nick-names: {Rex: King, Ann: Annie}
        dogs: []
        """);

    Loaded.Valid<Farm> loaded = valid(load(Map.of(), Map.of()));

    assertThat(loaded.settings())
        .isEqualTo(
            new Farm(
                "Ann",
                new Farm.Barn(
                    2,
                    123456789012L,
                    3.75,
                    false,
                    Duration.ofMinutes(90),
                    Bytes.gibi(10),
                    "sesame"),
                List.of(
                    new Farm.Horse("Star", 7, List.of("apples", "hay")),
                    new Farm.Horse("Sky", 3, List.of())),
                Map.of("north", new Farm.Field("oats", 12)),
                Map.of("Rex", "King", "Ann", "Annie"),
                List.of()));
    assertThat(loaded.sourceOf("barn.rest")).isEqualTo("corral.yaml:7");
    assertThat(loaded.sourceOf("horses[0].age")).isEqualTo("corral.yaml:12");
    assertThat(loaded.sourceOf("horses[1].age")).isEqualTo("default");
    assertThat(loaded.sourceOf("nick-names.Rex")).isEqualTo("corral.yaml:16");
    assertThat(loaded.explain("barn.rest"))
        .containsExactly(new Setting("barn.rest", "90m", "corral.yaml:7", List.of()));
    assertThat(loaded.explain("horses")).hasSize(6);
  }

  @Test
  void whatWasShownCanBeWrittenBackAndMeansTheSame() {
    Loaded.Valid<Farm> first =
        valid(load(Map.of("barn.rest", "90s", "barn.hay", "1.5GiB", "dogs", "Rex, Bo"), Map.of()));
    StringBuilder file = new StringBuilder("barn:\n");
    for (Setting entry : first.explain("barn")) {
      String word = entry.key().substring("barn.".length());
      file.append("  ").append(word).append(": ").append(entry.value()).append('\n');
    }
    first.explain("dogs").forEach(entry -> file.append("dogs: ").append(entry.value()));
    write(file.toString());

    assertThat(valid(load(Map.of(), Map.of())).settings()).isEqualTo(first.settings());
  }

  @ParameterizedTest
  @CsvSource({
    // flag, environment, .env, home .env, file, others' variable -> value, source
    "1,2,3,4,5,6, 1,flag",
    ",2,3,4,5,6, 2,CORRAL_BARN_DOORS",
    ",,3,4,5,6, 3,.env:2",
    ",,,4,5,6, 4,home/.env:1",
    ",,,,5,6, 5,corral.yaml:2",
    ",,,,,6, 6,STABLE_DOORS",
    ",,,,,, 4,default",
    "1,,,,5,, 1,flag",
    ",2,,,,6, 2,CORRAL_BARN_DOORS",
  })
  void theStrongestSourceWins(
      String flag,
      String variable,
      String dotEnv,
      String homeDotEnv,
      String file,
      String others,
      int doors,
      String source)
      throws IOException {
    if (file != null) {
      write("barn:\n  doors: " + file);
    }
    if (dotEnv != null) {
      Files.writeString(
          work.resolve(".env"), "# ours\nexport CORRAL_BARN_DOORS='" + dotEnv + "' # doors\n");
    }
    if (homeDotEnv != null) {
      Files.writeString(home.resolve(".env"), "CORRAL_BARN_DOORS=" + homeDotEnv);
    }
    Loaded.Valid<Farm> loaded =
        valid(
            load(
                flag == null ? Map.of() : Map.of("barn.doors", flag),
                Map.of(
                    "CORRAL_BARN_DOORS", variable == null ? "" : variable,
                    "STABLE_DOORS", others == null ? "" : others)));

    assertThat(loaded.settings().barn().doors()).isEqualTo(doors);
    assertThat(loaded.sourceOf("barn.doors")).isEqualTo(source);
  }

  @Test
  void anExplanationNamesTheSourcesThatLost() {
    write("barn: {doors: 5}");

    Setting doors =
        valid(load(Map.of("barn.doors", "1"), Map.of("CORRAL_BARN_DOORS", "2")))
            .explain("barn.doors")
            .getFirst();

    assertThat(doors.beaten())
        .containsExactly(
            new Setting.Beaten("2", "CORRAL_BARN_DOORS"), new Setting.Beaten("5", "corral.yaml:1"));
  }

  @Test
  void variablesSetListsByCommaAndMapsByPairs() {
    Farm farm =
        valid(
                load(
                    Map.of(),
                    Map.of("CORRAL_DOGS", "Rex, Bo,,Kim", "CORRAL_NICK_NAMES", "Rex=King, Bo=B")))
            .settings();

    assertThat(farm.dogs()).containsExactly("Rex", "Bo", "Kim");
    assertThat(farm.nickNames()).isEqualTo(Map.of("Rex", "King", "Bo", "B"));
  }

  @Test
  void aFileTakesValuesFromVariablesAndSecretsAreNeverShown() {
    write(
        """
        owner: "${FIRST} of $${nothing}"
        barn: {gate-key: "${GATE}"}
        dogs: ["http://ann:${GATE}@farm/?token=${GATE}"]
        """);

    Loaded.Valid<Farm> loaded =
        valid(load(Map.of(), Map.of("FIRST", "Ann", "GATE", "open-sesame")));

    assertThat(loaded.settings().owner()).isEqualTo("Ann of ${nothing}");
    assertThat(loaded.settings().barn().gateKey()).isEqualTo("open-sesame");
    assertThat(loaded.entries().toString()).doesNotContain("sesame");
    assertThat(loaded.explain("barn.gate-key").getFirst().value()).isEqualTo("****");
    assertThat(loaded.explain("dogs").getFirst().value())
        .isEqualTo("[http://****@farm/?token=****]");
  }

  @Test
  void aDotEnvThatIsAFolderOrSomebodyElsesIsNoTrouble() throws IOException {
    Files.createDirectory(work.resolve(".env"));
    Files.write(home.resolve(".env"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});

    Loaded.Valid<Farm> loaded = valid(load(Map.of(), Map.of()));

    assertThat(loaded.notes())
        .containsExactly("home/.env could not be read as UTF-8 text and was set aside");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CORRAL_HOME",
        "CORRAL_URL",
        "CORRAL_KEY",
        "CORRAL_JAVA_HOME",
        "CORRAL_JAVA_OPTS",
        "CORRAL_DEBUG",
        "CORRAL_NO_BUILD",
        "CORRAL_NO_INSTALL",
        "CORRAL_SERVICE_HOST",
        "CORRAL_SERVICE_PORT_HTTP",
        "CORRAL_PORT_11435_TCP_ADDR"
      })
  void variablesThatOthersReadAreLeftAlone(String name) {
    valid(load(Map.of(), Map.of(name, "x", "CORRAL_BARN_DOORS", "tcp://10.0.0.1:80")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CORRAL_BRAN_DOORS | CORRAL_BRAN_DOORS: no such variable. Did you mean CORRAL_BARN_DOORS?",
        "CORRAL_HOEM       | CORRAL_HOEM: no such variable. Did you mean CORRAL_HOME?",
        "CORRAL_XYZ        | CORRAL_XYZ: no such variable",
        "CORRAL_HORSES     | CORRAL_HORSES: 'horses' cannot be given as a variable; write it in"
            + " corral.yaml",
        "CORRAL_TRACTOR_ON | CORRAL_TRACTOR_ON: 'tractor' is not known to this version of Corral"
            + " yet; unset the variable",
        "CORRAL_BARN_OPEN  | CORRAL_BARN_OPEN: barn.open: 'x' is neither true nor false",
        "CORRAL_BARN_HAY   | CORRAL_BARN_HAY: barn.hay: 'x' is not a size; write for example 64MiB,"
            + " 10GiB or 4096",
      })
  void aVariableThatIsWrongIsNamed(String name, String text) {
    assertThat(texts(load(Map.of(), Map.of(name, "x")))).containsExactly(text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bran.doors | --bran.doors: no such setting. Did you mean --barn.doors?",
        "horses     | --horses: this cannot be given as a flag; write it in corral.yaml",
        "barn.doors | --barn.doors: barn.doors: 'x' is not a whole number",
      })
  void aFlagThatIsWrongIsNamed(String name, String text) {
    assertThat(texts(load(Map.of(name, "x"), Map.of()))).containsExactly(text);
  }

  @Test
  void aValueThatTheRoomRefusesIsBlamedOnWhoeverGaveIt() {
    assertThat(texts(load(Map.of(), Map.of("CORRAL_BARN_DOORS", "12"))))
        .containsExactly("CORRAL_BARN_DOORS: barn.doors is 1 to 9, not 12");
    assertThat(texts(load(Map.of("barn.doors", "12"), Map.of())))
        .containsExactly("--barn.doors: barn.doors is 1 to 9, not 12");
  }

  @Test
  void aNamedFileMustBeThere() {
    Sources sources = new Sources(Map.of(), Map.of(), work, home, Path.of("other.yaml"));
    assertThat(texts(CONFIG.load(Farm.class, Farm.DEFAULTS, sources)))
        .containsExactly("other.yaml: there is no such file");
  }

  private Loaded<Farm> load(Map<String, String> flags, Map<String, String> environment) {
    return CONFIG.load(
        Farm.class, Farm.DEFAULTS, new Sources(flags, environment, work, home, null));
  }

  private void write(String text) {
    try {
      Files.writeString(home.resolve("corral.yaml"), text);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Loaded.Valid<Farm> valid(Loaded<Farm> loaded) {
    assertThat(loaded).isInstanceOf(Loaded.Valid.class);
    return (Loaded.Valid<Farm>) loaded;
  }

  private static List<String> texts(Loaded<Farm> loaded) {
    assertThat(loaded).isInstanceOf(Loaded.Invalid.class);
    return ((Loaded.Invalid<Farm>) loaded).problems().stream().map(ConfigProblem::text).toList();
  }
}
