package dev.corral;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Holds the program to the table in `docs/map.md`.
class MapTest {
  private static final Pattern ROW =
      Pattern.compile("\\| (\\d) \\| `(\\w+)` \\| [^|]+ \\| ([^|]+) \\|");
  private static final Pattern WORD = Pattern.compile("`(\\w+)`");
  private static final String ROOT = "dev.corral";

  /// The one module that rooms may import; it imports none.
  private static final String TEMPLATES = "templates";

  private final String map = read();
  private final Map<String, Room> rooms = rooms(map);
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPath(Path.of("target/classes"));

  private record Room(int floor, Set<String> mayImport) {}

  @Test
  void everyRoomIsOnTheMapAndEveryRowIsARoom() {
    Set<String> built = new TreeSet<>();
    CLASSES.forEach(type -> room(type).ifPresent(built::add));
    assertThat(built).isEqualTo(new TreeSet<>(rooms.keySet()));
  }

  @Test
  void aRoomImportsOnlyWhatItsRowAllows() {
    Set<String> forbidden = new TreeSet<>();
    for (JavaClass type : CLASSES) {
      Optional<String> from = room(type);
      if (from.isEmpty()) {
        continue;
      }
      for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
        JavaClass target = dependency.getTargetClass().getBaseComponentType();
        if (!target.getPackageName().startsWith(ROOT)) {
          continue;
        }
        String to = room(target).orElse("the root");
        boolean allowed =
            to.equals(from.get())
                || to.equals("model")
                || rooms.get(from.get()).mayImport().contains(to);
        if (!allowed) {
          forbidden.add(from.get() + " -> " + to + ": " + dependency.getDescription());
        }
      }
    }
    assertThat(forbidden).isEmpty();
  }

  @Test
  void importsPointDownwardsSoThereIsNoCircle() {
    rooms.forEach((name, room) ->
        room.mayImport().stream()
            .filter(lower -> !lower.equals(TEMPLATES))
            .forEach(lower ->
                assertThat(rooms.get(lower).floor())
                    .as(name + " may import " + lower)
                    .isLessThan(room.floor())));
  }

  @Test
  void socketsAreOpenedOnlyWhereTheMapSaysSo() {
    noClasses()
        .that(resideOutsideOfPackages(packages("Sockets:")))
        .and(not(rootClass(words("Sockets:"))))
        .should()
        .dependOnClassesThat()
        .haveNameMatching(
            "java\\.net\\.(Socket|ServerSocket|HttpURLConnection|http\\..*)"
                + "|java\\.nio\\.channels\\.\\w*SocketChannel"
                + "|io\\.vertx\\.core\\.(http\\.(HttpClient|HttpServer)|net\\.Net(Client|Server))")
        .check(CLASSES);
  }

  @Test
  void theFrameworkStaysInThePorch() {
    noClasses()
        .that()
        .resideOutsideOfPackages(packages("Vert.x and Netty:"))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.vertx..", "io.netty..")
        .check(CLASSES);
  }

  /// What a line of the map names: rooms, classes of the root, or all of `the root`.
  private Set<String> words(String line) {
    String named = map.lines().filter(text -> text.startsWith(line)).findFirst().orElseThrow();
    Set<String> words = new HashSet<>();
    WORD.matcher(named).results().forEach(word -> words.add(word.group(1)));
    if (named.contains("the root.")) {
      words.add("");
    }
    return words;
  }

  private String[] packages(String line) {
    return words(line).stream()
        .map(word -> word.isEmpty() ? ROOT : ROOT + "." + word + "..")
        .toArray(String[]::new);
  }

  /// A class of the root with one of these names, or within one.
  private static DescribedPredicate<JavaClass> rootClass(Set<String> names) {
    return DescribedPredicate.describe(
        "is " + names,
        type ->
            type.getPackageName().equals(ROOT)
                && names.contains(type.getName().substring(ROOT.length() + 1).split("\\$", -1)[0]));
  }

  private static Optional<String> room(JavaClass type) {
    String name = type.getPackageName();
    return name.startsWith(ROOT + ".")
        ? Optional.of(name.substring(ROOT.length() + 1).split("\\.", -1)[0])
        : Optional.empty();
  }

  private static Map<String, Room> rooms(String map) {
    Map<String, Room> rooms = new LinkedHashMap<>();
    Matcher row = ROW.matcher(map);
    while (row.find()) {
      Set<String> mayImport = new HashSet<>(Arrays.asList(row.group(3).strip().split(", ?", -1)));
      mayImport.remove("-");
      rooms.put(row.group(2), new Room(Integer.parseInt(row.group(1)), mayImport));
    }
    return rooms;
  }

  private static String read() {
    try {
      return Files.readString(Path.of("../docs/map.md"));
    } catch (IOException e) {
      throw new IllegalStateException("docs/map.md is the plan of the house; it must be there", e);
    }
  }
}
