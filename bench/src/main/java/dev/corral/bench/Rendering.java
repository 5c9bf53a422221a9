package dev.corral.bench;

import dev.corral.templates.ChatInput;
import dev.corral.templates.Json;
import dev.corral.templates.Limits;
import dev.corral.templates.Rendered;
import dev.corral.templates.jinja.JinjaTemplate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A chat of 50 messages becomes a prompt, by a template of the usual form or by the one that
/// `CORRAL_TEMPLATE` names.
final class Rendering {
  private static final int MESSAGES = 50;
  private static final int COLD = 20;
  private static final int WARM = 2000;

  private static final String USUAL =
      """
      {%- if messages[0].role == 'system' %}{{ '<|im_start|>system\\n' + messages[0].content + '<|im_end|>\\n' }}{% endif %}
      {%- for message in messages %}
      {%- if message.role != 'system' or not loop.first %}
      {{- '<|im_start|>' + message.role + '\\n' + message.content | trim + '<|im_end|>' + '\\n' }}
      {%- endif %}
      {%- endfor %}
      {%- if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}
      """;

  private Rendering() {}

  static void print() throws Exception {
    String named = System.getenv().getOrDefault("CORRAL_TEMPLATE", "");
    String source = named.isEmpty() ? USUAL : Files.readString(Path.of(named));
    var template = JinjaTemplate.compile(source);
    ChatInput input = chat();
    Values cold = new Values();
    Values warm = new Values();
    for (int i = 0; i < WARM; i++) {
      long begun = System.nanoTime();
      Rendered rendered = template.render(input, Limits.USUAL, Clock.systemUTC());
      (i < COLD ? cold : warm).add(System.nanoTime() - begun);
      if (!(rendered instanceof Rendered.Text)) {
        throw new IllegalStateException("the template failed: " + rendered);
      }
    }
    Table table =
        new Table(
            "A chat of " + MESSAGES + " messages through its template, ms",
            "first",
            "middle of the first " + COLD,
            "middle of " + WARM,
            "99 %");
    table.row(
        ms(cold.millis(1)), ms(cold.millis(0.5)), ms(warm.millis(0.5)), ms(warm.millis(0.99)));
    table.print();
  }

  private static ChatInput chat() {
    List<Json.Fields> messages = new ArrayList<>();
    for (int i = 0; i < MESSAGES; i++) {
      String role = i == 0 ? "system" : i % 2 == 1 ? "user" : "assistant";
      String text = "Message " + i + ". " + "Some words that say little. ".repeat(10);
      messages.add(new Json.Fields(Map.of("role", Json.user(role), "content", Json.user(text))));
    }
    return ChatInput.of(messages)
        .with("bos_token", Json.trusted("<s>"))
        .with("eos_token", Json.trusted("</s>"));
  }

  private static String ms(double millis) {
    return "%.2f".formatted(millis);
  }
}
