package dev.corral.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.corral.access.Route;
import dev.corral.model.Dialect;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// The description and the table of routes say the same.
class OpenApiTest {
  private static final List<String> METHODS = List.of("get", "post", "put", "delete", "patch");

  private final JsonNode document = new ObjectMapper().valueToTree(OpenApi.load());

  @Test
  void everyManagementRouteIsDescribedAndNothingElse() {
    Set<String> described = new TreeSet<>();
    document
        .path("paths")
        .properties()
        .forEach(path ->
            path.getValue()
                .fieldNames()
                .forEachRemaining(method -> {
                  if (METHODS.contains(method)) {
                    described.add(method + " " + path.getKey().replace("{name}", "{}"));
                  }
                }));
    Set<String> routed = new TreeSet<>();
    for (Route route : Route.values()) {
      if (route.dialect() == Dialect.MANAGE) {
        route
            .methods()
            .forEach(method -> routed.add(method.toLowerCase(Locale.ROOT) + " " + route.path()));
      }
    }
    assertThat(described).isEqualTo(routed);
  }

  @Test
  void everyCallSaysWhichScopeItNeeds() {
    for (Route route : Route.values()) {
      if (route.dialect() != Dialect.MANAGE) {
        continue;
      }
      JsonNode path = document.path("paths").path(route.path().replace("{}", "{name}"));
      String wanted =
          route.demand().map(scope -> "Scope: " + scope.word() + ".").orElse("Always open.");
      for (String method : route.methods()) {
        JsonNode call = path.path(method.toLowerCase(Locale.ROOT));
        assertThat(call.path("description").asText()).as(route.path()).startsWith(wanted);
      }
    }
  }

  @Test
  void everyReferenceLeadsSomewhere() {
    for (JsonNode reference : document.findValues("$ref")) {
      assertThat(document.at(reference.asText().substring(1)).isMissingNode())
          .as(reference.asText())
          .isFalse();
    }
  }
}
