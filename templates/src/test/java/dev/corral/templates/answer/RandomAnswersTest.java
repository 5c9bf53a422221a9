package dev.corral.templates.answer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.templates.answer.Part.Content;
import dev.corral.templates.answer.Part.Thinking;
import dev.corral.templates.answer.Part.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Answers put together by chance from a family's own marks and scraps of calls: whatever comes
/// out, it is the same however it came in, and nothing of what a model said is lost or said twice.
class RandomAnswersTest {
  private static final List<String> SCRAPS =
      List.of(
          "{\"name\": \"get_time\", \"arguments\": {}}",
          "{\"name\": \"get_time\"",
          "get_time",
          "get_weather\n",
          "functions.get_time:0",
          "call:get_time{a:1}",
          "[get_time()]",
          "{\"a\": 1}",
          "{",
          "}",
          "[",
          "]",
          "\"",
          "'",
          "\\",
          "<",
          "word",
          " ",
          "\n",
          "<think>",
          "</think>",
          "Ω",
          "🦊");

  private static final int ANSWERS = 40;
  private static final int LONGEST = 14; // scraps

  @TestFactory
  Stream<DynamicTest> however() {
    return Families.KNOWN.stream()
        .map(family -> DynamicTest.dynamicTest(family.name(), () -> check(family)));
  }

  private static void check(Family family) {
    Random random = new Random(family.name().hashCode());
    List<String> scraps = new ArrayList<>(SCRAPS);
    family.texts().forEach(scraps::add);
    family.texts().forEach(scraps::add); // twice as often
    for (int round = 0; round < ANSWERS; round++) {
      Layout layout = Layout.KNOWN.get(random.nextInt(Layout.KNOWN.size()));
      AnswerFormat format = new AnswerFormat(layout, family, AnswerFormat.Blanks.LINES);
      List<String> all = new ArrayList<>(scraps);
      layout.texts().forEach(all::add);
      StringBuilder answer = new StringBuilder();
      for (int n = random.nextInt(LONGEST); n >= 0; n--) {
        answer.append(all.get(random.nextInt(all.size())));
      }
      check(format, answer.toString());
    }
  }

  private static void check(AnswerFormat format, String answer) {
    List<Part> parts = Answers.read(format, answer);
    int at = 0;
    int calls = 0;
    for (Part part : parts) {
      switch (part) {
        case Content(String text) -> at = behind(answer, text, at);
        case Thinking(String text) -> at = behind(answer, text, at);
        case ToolCall(int index, String name, String arguments) -> {
          assertThat(index).isEqualTo(calls++);
          assertThat(name).isNotBlank();
          assertThat(JsonSlices.valid(arguments)).as(arguments).isTrue();
        }
      }
    }
  }

  /// Every character said stands in the answer, in order.
  private static int behind(String answer, String text, int from) {
    int at = from;
    for (int i = 0; i < text.length(); i++) {
      int found = answer.indexOf(text.charAt(i), at);
      assertThat(found).as("'%s' in %s", text, answer).isNotNegative();
      at = found + 1;
    }
    return at;
  }
}
