package dev.corral.templates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.DynamicTest;

/// Published templates and what their reference engines make of them. The templates were written by
/// others, so they lie beside the project and not in it: in the folder that `CORRAL_TEMPLATES` or
/// the property `corral.templates` names, else `../../shared/fixtures/templates`. Where there is
/// none, the tests report themselves as skipped.
public final class Golden {
  private static final int CONTEXT = 60; // characters shown around the first difference

  private final Path folder;

  private Golden(Path folder) {
    this.folder = folder;
  }

  /// The tests that `tests` makes; one that says why it is skipped where there are no templates.
  public static List<DynamicTest> open(Function<Golden, List<DynamicTest>> tests) {
    String named =
        System.getProperty(
            "corral.templates", System.getenv().getOrDefault("CORRAL_TEMPLATES", ""));
    Path folder = Path.of(named.isEmpty() ? "../../shared/fixtures/templates" : named);
    String reason = "no golden templates at " + folder + "; name their folder in CORRAL_TEMPLATES";
    return Files.isDirectory(folder)
        ? tests.apply(new Golden(folder))
        : List.of(DynamicTest.dynamicTest("skipped: " + reason, () -> assumeTrue(false, reason)));
  }

  /// The renderings of one set of variables or messages.
  public interface Renderer {
    Rendered render(Json.Fields set, Json.Fields given);
  }

  /// Makes a template ready to run.
  public interface Compiler {
    Renderer compile(String source);
  }

  public Json.Fields inputs(String language) {
    return read(folder.resolve("inputs-" + language + ".json"));
  }

  /// A test for each template of a language.
  public List<DynamicTest> tests(String language, String suffix, Compiler compiler) {
    Json.Fields sets = fields(inputs(language), "sets");
    List<DynamicTest> tests = new ArrayList<>();
    for (Path golden : goldens(language)) {
      String name = golden.getFileName().toString().replace(".json", "");
      Path template = golden.resolveSibling(name + suffix);
      tests.add(
          DynamicTest.dynamicTest(
              name, () -> check(compiler.compile(Files.readString(template)), read(golden), sets)));
    }
    return tests;
  }

  /// The templates of a language by name.
  public Map<String, String> templates(String language, String suffix) {
    Map<String, String> templates = new LinkedHashMap<>();
    for (Path golden : goldens(language)) {
      String name = golden.getFileName().toString().replace(".json", "");
      try {
        templates.put(name, Files.readString(golden.resolveSibling(name + suffix)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return templates;
  }

  private List<Path> goldens(String language) {
    try (var files = Files.list(folder.resolve(language))) {
      return files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void check(Renderer renderer, Json.Fields golden, Json.Fields sets) {
    List<String> wrong = new ArrayList<>();
    fields(golden, "sets")
        .fields()
        .forEach((name, result) -> {
          Json.Fields wanted = (Json.Fields) result;
          Json.Fields given = (Json.Fields) wanted.find("given").orElse(Json.Fields.NONE);
          Rendered rendered = renderer.render(fields(sets, name), given);
          difference(wanted, rendered).ifPresent(text -> wrong.add(name + ": " + text));
        });
    assertThat(wrong).isEmpty();
  }

  private static Optional<String> difference(Json.Fields wanted, Rendered rendered) {
    if (wanted.find("fails").isPresent()) {
      return Optional.empty(); // a clean error or a text: that it came back at all is the test
    }
    if (wanted.findText("raises").isPresent()) {
      String message = wanted.findText("raises").get().toString();
      return rendered.equals(new Rendered.Raised(message))
          ? Optional.empty()
          : Optional.of("should refuse with '" + message + "', but gave " + rendered);
    }
    String expected = wanted.findText("expected").orElseThrow().toString();
    return rendered instanceof Rendered.Text(MarkedText text)
        ? difference(expected, text.toString())
        : Optional.of(rendered.toString());
  }

  private static Optional<String> difference(String expected, String actual) {
    if (expected.equals(actual)) {
      return Optional.empty();
    }
    int at = 0;
    while (at < Math.min(expected.length(), actual.length())
        && expected.charAt(at) == actual.charAt(at)) {
      at++;
    }
    return Optional.of(
        "differs at "
            + at
            + "\n  expected "
            + around(expected, at)
            + "\n  but was  "
            + around(actual, at));
  }

  private static String around(String text, int at) {
    String part = text.substring(Math.max(0, at - CONTEXT), Math.min(text.length(), at + CONTEXT));
    return "'" + part.replace("\n", "\\n") + "'";
  }

  public static Json.Fields fields(Json.Fields of, String name) {
    return (Json.Fields) of.find(name).orElseThrow();
  }

  private static Json.Fields read(Path file) {
    try {
      return (Json.Fields) JsonReader.read(Files.readString(file), true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The variables of a set and more, as a map.
  public static Map<String, Json> joined(Json.Fields a, Json.Fields b) {
    Json.Fields joined = a;
    for (var field : b.fields().entrySet()) {
      joined = joined.with(field.getKey(), field.getValue());
    }
    return joined.fields();
  }
}
