package dev.corral.templates.go;

import dev.corral.templates.ChatInput;
import dev.corral.templates.Golden;
import dev.corral.templates.Json;
import dev.corral.templates.Limits;
import dev.corral.templates.MarkedText;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class GoGoldenTest {
  @TestFactory
  List<DynamicTest> everyPublishedTemplateGivesTheTextThatOllamaGives() {
    return Golden.open(GoGoldenTest::tests);
  }

  private static List<DynamicTest> tests(Golden golden) {
    Json.Fields inputs = golden.inputs("go");
    LocalDate today = LocalDate.parse(inputs.findText("currentDate").orElseThrow().toString());
    Clock clock = Clock.fixed(today.atTime(12, 0).toInstant(ZoneOffset.UTC), ZoneOffset.UTC);
    return golden.tests(
        "go",
        ".gotmpl",
        source -> {
          GoTemplate template = GoTemplate.compile(source);
          return (set, _) -> template.render(input(set), Limits.USUAL, clock);
        });
  }

  /// A set is what `/api/chat` would get.
  private static ChatInput input(Json.Fields set) {
    ChatInput input =
        ChatInput.of(
            items(set, "messages").stream().map(message -> (Json.Fields) message).toList());
    ChatInput gap = ChatInput.fillIn(text(set, "prompt"), text(set, "suffix"));
    return (gap.suffix().isEmpty() ? input : gap)
        .withTools(items(set, "tools"))
        .withThink(set.find("think").orElse(null));
  }

  private static List<Json> items(Json.Fields set, String name) {
    return set.find(name).orElse(Json.NULL) instanceof Json.Items(List<Json> items)
        ? items
        : List.of();
  }

  private static String text(Json.Fields set, String name) {
    return set.findText(name).map(MarkedText::toString).orElse("");
  }
}
