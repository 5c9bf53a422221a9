package dev.corral.templates;

import dev.corral.templates.go.GoTemplate;
import dev.corral.templates.jinja.JinjaTemplate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Prints how long a chat of 50 messages takes, warm; run by hand with the path of a template.
final class Timing {
  private static final int WARM_UP = 3_000;
  private static final int ROUNDS = 1_000;

  private Timing() {}

  public static void main(String[] files) throws IOException {
    for (String file : files) {
      String source = Files.readString(Path.of(file));
      ChatTemplate template =
          file.endsWith(".gotmpl") ? GoTemplate.compile(source) : JinjaTemplate.compile(source);
      List<Long> times = new ArrayList<>();
      Rendered last = new Rendered.Raised("nothing was rendered");
      for (int i = 0; i < WARM_UP + ROUNDS; i++) {
        long start = System.nanoTime();
        last = template.render(chat(), Limits.USUAL, Run.NOON);
        times.add(System.nanoTime() - start);
      }
      List<Long> warm = times.subList(WARM_UP, times.size()).stream().sorted().toList();
      System.out.printf(
          "%s: p50 %d µs, p99 %d µs, %d characters%n",
          Path.of(file).getFileName(),
          warm.get(ROUNDS / 2) / 1000,
          warm.get(ROUNDS * 99 / 100) / 1000,
          Run.text(last).length());
    }
  }

  private static ChatInput chat() {
    List<Json.Fields> messages = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      String text = "Message " + i + ": " + "some words that a person may write. ".repeat(20);
      messages.add(
          (Json.Fields)
              Json.from(Map.of("role", i % 2 == 0 ? "user" : "assistant", "content", text)));
    }
    return ChatInput.of(messages)
        .with("bos_token", Json.trusted("<s>"))
        .with("eos_token", Json.trusted("</s>"));
  }
}
