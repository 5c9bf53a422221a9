package dev.corral.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Every sentence that a broken file can bring about, word for word.
class BrokenFileTest {
  @TempDir private Path home;

  static Stream<Arguments> brokenFiles() {
    return Stream.of(
        broken(
            "barn:\n  doros: 3",
            "corral.yaml:2: barn.doros: no such setting. Did you mean barn.doors?"
                + " Known in barn: doors, gate-key, hay, height, open, rest, straws"),
        broken(
            "\ndoors: 3",
            "corral.yaml:2: doors: no such setting. Did you mean barn.doors?"
                + " Known at the top: barn, dogs, fields, horses, nick-names, owner"),
        broken(
            "wombat: 3",
            "corral.yaml:1: wombat: no such setting."
                + " Known at the top: barn, dogs, fields, horses, nick-names, owner"),
        broken(
            "tractor: {on: true}",
            "corral.yaml:1: tractor: is not known to this version of Corral yet; remove it to start"),
        broken(
            "horses:\n- name: Star\n  saddle: red",
            "corral.yaml:3: horses[0].saddle: is not known to this version of Corral yet;"
                + " remove it to start"),
        broken("barn: {doors: two}", "corral.yaml:1: barn.doors: 'two' is not a whole number"),
        broken("barn: {doors: 2.5}", "corral.yaml:1: barn.doors: '2.5' is not a whole number"),
        broken(
            "barn: {doors: 99999999999}",
            "corral.yaml:1: barn.doors: '99999999999' is too large a number"),
        broken("barn: {height: tall}", "corral.yaml:1: barn.height: 'tall' is not a number"),
        broken("barn: {height: .inf}", "corral.yaml:1: barn.height: '.inf' is not a number"),
        broken("barn: {open: yes}", "corral.yaml:1: barn.open: 'yes' is neither true nor false"),
        broken(
            "barn: {rest: 30}",
            "corral.yaml:1: barn.rest: '30' is not a duration;"
                + " write for example 10ms, 30s, 5m or 24h"),
        broken(
            "barn: {rest: 5 parsecs}",
            "corral.yaml:1: barn.rest: '5 parsecs' is not a duration;"
                + " write for example 10ms, 30s, 5m or 24h"),
        broken(
            "barn: {rest: 999999d}", "corral.yaml:1: barn.rest: '999999d' is longer than 100000d"),
        broken(
            "barn: {hay: 64 bales}",
            "corral.yaml:1: barn.hay: '64 bales' is not a size;"
                + " write for example 64MiB, 10GiB or 4096"),
        broken("barn: {doors: 12}", "corral.yaml:1: barn.doors is 1 to 9, not 12"),
        broken("barn: red", "corral.yaml:1: barn: must hold keys, such as doors:"),
        broken("barn: {doors: [1]}", "corral.yaml:1: barn.doors: must be a single value"),
        broken("dogs: Rex", "corral.yaml:1: dogs: must be a list, such as [a, b]"),
        broken("dogs: [[Rex]]", "corral.yaml:1: dogs[0]: must be a single value"),
        broken("horses: Star", "corral.yaml:1: horses: must be a list; begin each with '- '"),
        broken("horses:\n- name: ''", "corral.yaml:2: horses[0].name must not be empty"),
        broken("fields: [a]", "corral.yaml:1: fields: must hold names, each with its keys"),
        broken(
            "fields: {north: {crop: oats}}",
            "corral.yaml:1: fields.north.acres: this must be given"),
        broken(
            "nick-names: Rex",
            "corral.yaml:1: nick-names: must hold names and values, such as {a: b}"),
        broken(
            "owner: Ann\nbarn: {}\nowner: Bob",
            "corral.yaml:3: owner: given twice; the first is in line 1"),
        broken(
            "owner: ${FARMER}",
            "corral.yaml:1: owner: the variable FARMER is not set;"
                + " set it in the environment or in a file .env"),
        broken(
            "owner: '${FAR MER}'",
            "corral.yaml:1: owner: '${' needs a variable's name and '}';"
                + " write $${ for the sign itself"),
        broken(
            "barn: {doors: '${GATE}'}",
            "corral.yaml:1: barn.doors: the value of ${GATE} is of the wrong kind or unit"),
        broken("? [a]\n: b", "corral.yaml:1: a key must be a plain word"),
        broken("- a", "corral.yaml:1: the file must hold keys and values, such as 'server:'"),
        broken("owner: 'Ann", "corral.yaml:1: this is not YAML: found unexpected end of stream"),
        broken(
            "owner: a: b", "corral.yaml:1: this is not YAML: mapping values are not allowed here"));
  }

  private static Arguments broken(String file, String text) {
    return Arguments.of(file, text);
  }

  @ParameterizedTest
  @MethodSource("brokenFiles")
  void aBrokenFileIsRefusedWithItsLineAndWhatIsAllowed(String file, String text)
      throws IOException {
    assertThat(texts(file)).containsExactly(text);
  }

  @Test
  void allThatIsWrongIsToldAtOnce() throws IOException {
    assertThat(texts("ownr: Ann\nbarn: {doors: x, rest: y}\ndogs: z")).hasSize(4);
  }

  @Test
  void filesThatMultiplyByReferencesAreCut() throws IOException {
    StringBuilder file = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 12; i++) {
      String before = "*a" + (i - 1);
      file.append(
          "a%d: &a%d [%s]\n".formatted(i, i, String.join(", ", List.of(before, before, before))));
    }
    assertThat(texts(file.toString()))
        .anyMatch(text -> text.contains("nested or repeated too often"));
    assertThat(texts("dogs: &d [*d]"))
        .anyMatch(text -> text.contains("nested or repeated too often"));
  }

  @Test
  void aFileThatIsNoTextOrFarTooLargeIsNotRead() throws IOException {
    Files.write(home.resolve("corral.yaml"), new byte[] {'a', ':', (byte) 0xc3, 0x28});
    assertThat(texts()).containsExactly("corral.yaml: the file is not UTF-8 text");

    Files.write(home.resolve("corral.yaml"), new byte[YamlFile.LARGEST + 1]);
    assertThat(texts())
        .containsExactly("corral.yaml: the file is larger than 1 MiB; is it the right one?");

    Files.delete(home.resolve("corral.yaml"));
    Files.createDirectory(home.resolve("corral.yaml"));
    assertThat(texts())
        .containsExactly(
            "corral.yaml: the file cannot be read; check that it is a file and who may read it");
  }

  private List<String> texts(String file) throws IOException {
    Files.writeString(home.resolve("corral.yaml"), file);
    return texts();
  }

  private List<String> texts() {
    Config config = Config.standard().later(Set.of("tractor", "horses[].saddle"));
    Sources sources =
        new Sources(Map.of(), Map.of("GATE", "open-sesame"), home.resolve("w"), home, null);
    return switch (config.load(Farm.class, Farm.DEFAULTS, sources)) {
      case Loaded.Valid<Farm>(var farm, _, _, _) -> List.of("accepted: " + farm);
      case Loaded.Invalid<Farm>(var problems) ->
          problems.stream().map(ConfigProblem::text).toList();
    };
  }
}
