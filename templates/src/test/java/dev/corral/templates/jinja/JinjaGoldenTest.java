package dev.corral.templates.jinja;

import dev.corral.templates.Golden;
import dev.corral.templates.Json;
import dev.corral.templates.Limits;
import java.time.Clock;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class JinjaGoldenTest {
  @TestFactory
  List<DynamicTest> everyPublishedTemplateGivesTheReferenceText() {
    return Golden.open(JinjaGoldenTest::tests);
  }

  private static List<DynamicTest> tests(Golden golden) {
    Json.Fields inputs = golden.inputs("jinja");
    LocalDateTime now = LocalDateTime.parse(inputs.findText("now").orElseThrow().toString());
    Clock clock = Clock.fixed(now.toInstant(ZoneOffset.UTC), ZoneOffset.UTC);
    return golden.tests(
        "jinja",
        ".jinja",
        source -> {
          JinjaTemplate template = JinjaTemplate.compile(source);
          return (set, given) -> {
            Map<String, Json> variables = new LinkedHashMap<>(Golden.joined(set, given));
            variables.put("bos_token", inputs.find("bos_token").orElseThrow());
            variables.put("eos_token", inputs.find("eos_token").orElseThrow());
            return template.render(variables, Limits.USUAL, clock);
          };
        });
  }
}
