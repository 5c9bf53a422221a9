package dev.corral.templates.jinja;

import dev.corral.templates.Features;
import dev.corral.templates.Json;
import dev.corral.templates.Limits;
import dev.corral.templates.MarkedText;
import dev.corral.templates.Rendered;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class JinjaFeaturesTest {
  private static final Clock NOON =
      Clock.fixed(Instant.parse("2026-11-20T12:00:00Z"), ZoneOffset.UTC);

  @TestFactory
  List<DynamicTest> eachFeatureGivesTheReferenceText() {
    Map<String, Json> values = Features.values("jinja");
    return Features.tests("jinja", source -> rendered(source, values));
  }

  private static String rendered(String source, Map<String, Json> values) {
    Rendered rendered = JinjaTemplate.compile(source).render(values, Limits.USUAL, NOON);
    return rendered instanceof Rendered.Text(MarkedText text)
        ? text.toString()
        : rendered.toString();
  }
}
