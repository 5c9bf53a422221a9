package dev.corral.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class UnlikeTest {
  private static final Face RECORDED = face(200, "{\"a\":1,\"models\":[{\"name\":\"x\",\"n\":1}]}");

  private static Face face(int status, String text) {
    return new Face(status, Map.of("content-type", "application/json"), text);
  }

  @Test
  void namesTheMembersThatDiffer() {
    Face seen = face(200, "{\"a\":2,\"models\":[{\"name\":\"x\",\"n\":2}],\"more\":1}");
    assertThat(Unlike.places(seen, RECORDED)).containsExactly("a", "models.n", "more");
  }

  @Test
  void namesAnotherOrderApartFromAnotherContent() {
    Face seen = face(200, "[{\"name\":\"x\"},{\"name\":\"y\",\"n\":1}]");
    Face recorded = face(200, "[{\"name\":\"y\",\"n\":2},{\"name\":\"x\"}]");
    assertThat(
            Unlike.places(
                face(200, "{\"m\":" + seen.text() + "}"),
                face(200, "{\"m\":" + recorded.text() + "}")))
        .containsExactly("m.n", "order of m");
  }

  @Test
  void aDifferenceThatIsNotTheDescribedOneIsASurprise() {
    Face seen = face(200, "{\"a\":2,\"models\":[{\"name\":\"x\",\"n\":1}]}");
    assertThat(Unlike.asDescribed(seen, RECORDED, Set.of("a"))).isTrue();
    assertThat(Unlike.asDescribed(seen, RECORDED, Set.of("a", "\"three\""))).isFalse();
    assertThat(Unlike.asDescribed(seen, RECORDED, Set.of("a", "\"\"a\":2\""))).isTrue();
    assertThat(Unlike.asDescribed(seen, RECORDED, Set.of("status 404"))).isFalse();
    assertThat(Unlike.asDescribed(seen, RECORDED, Set.of())).isFalse();
    assertThat(Unlike.asDescribed(seen, RECORDED, Set.of("a", "models.n"))).isFalse();
    assertThat(Unlike.asDescribed(face(500, ""), RECORDED, Set.of("a"))).isFalse();
  }

  @Test
  void linesThatOnlyOneHasAreKnownByAPartOfThem() {
    Face seen = face(200, "{\"a\":1}\n{\"b\":1}\n{\"c\":1}");
    Face recorded = face(200, "{\"a\":1}\n{\"c\":1}");
    assertThat(Unlike.asDescribed(seen, recorded, Set.of("+ \"b\""))).isTrue();
    assertThat(Unlike.asDescribed(seen, recorded, Set.of("- \"b\""))).isFalse();
  }
}
