package dev.corral.templates.answer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class FamiliesAreDocumentedTest {
  private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");

  @Test
  void theTableNamesEachFamilyAndNoOther() throws IOException {
    String page = Files.readString(Path.of("../docs/compatibility.md"));
    String table = page.substring(page.indexOf("| Family |"));
    Set<String> named = new TreeSet<>();
    table
        .lines()
        .skip(2)
        .takeWhile(line -> line.startsWith("|"))
        .map(line -> line.split("\\|", 3)[1])
        .forEach(cell -> QUOTED.matcher(cell).results().forEach(name -> named.add(name.group(1))));
    assertThat(named)
        .isEqualTo(
            Families.KNOWN.stream()
                .map(Family::name)
                .collect(Collectors.toCollection(TreeSet::new)));
  }
}
