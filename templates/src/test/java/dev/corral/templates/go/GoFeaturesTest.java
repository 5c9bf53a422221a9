package dev.corral.templates.go;

import dev.corral.templates.Features;
import dev.corral.templates.Json;
import dev.corral.templates.Limits;
import dev.corral.templates.Meter;
import dev.corral.templates.Out;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class GoFeaturesTest {
  private static final Clock NOON =
      Clock.fixed(Instant.parse("2026-11-20T12:00:00Z"), ZoneOffset.UTC);

  @TestFactory
  List<DynamicTest> eachFeatureGivesTheReferenceText() {
    GoValue values = GoData.any(new Json.Fields(Features.values("go")));
    return Features.tests("go", source -> rendered(source, values));
  }

  private static String rendered(String source, GoValue values) {
    Meter meter = new Meter(Limits.USUAL);
    Out out = new Out(meter);
    GoParser.Parsed parsed = GoParser.parse(source);
    new GoRun(parsed.named(), meter, NOON, out).run(parsed.nodes(), values);
    return out.marked().toString();
  }
}
