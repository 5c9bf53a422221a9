package dev.corral.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.api.PullView;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Lines that are drawn again and again in a window that changes its size meanwhile.
class RedrawnTest {
  private static final int ROWS = 6;

  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private Window window = new Window(80, true);

  private Redrawn redrawn(boolean reflows) {
    window = new Window(80, reflows);
    window.write("$ corral pull\n");
    PrintStream err = new PrintStream(written, true, StandardCharsets.UTF_8);
    return new Redrawn(
        new Screen(
            err,
            err,
            false,
            false,
            true,
            false,
            () -> new TerminalSize(window.columns(), ROWS),
            reflows));
  }

  private void draw(Redrawn redrawn, String... lines) {
    redrawn.draw(List.of(lines));
    look();
  }

  private void look() {
    window.write(written.toString(StandardCharsets.UTF_8));
    written.reset();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aNarrowerWindowLeavesNoStaleLines(boolean reflows) {
    Redrawn redrawn = redrawn(reflows);
    draw(redrawn, "a".repeat(70), "b".repeat(100));
    window.resize(40);
    draw(redrawn, "A".repeat(70), "B".repeat(100));
    window.resize(20);
    draw(redrawn, "A".repeat(70), "B".repeat(100));
    assertThat(window.seen()).containsExactly("$ corral pull", "A".repeat(19), "B".repeat(19));
    window.resize(80);
    draw(redrawn, "A".repeat(70), "B".repeat(100));
    assertThat(window.seen()).containsExactly("$ corral pull", "A".repeat(70), "B".repeat(79));
  }

  @Test
  void whatComesNextBeginsBelow() {
    Redrawn redrawn = redrawn(true);
    draw(redrawn, "one", "two");
    draw(redrawn, "one", "three");
    redrawn.end();
    redrawn.end();
    look();
    window.write("done");
    assertThat(window.seen()).containsExactly("$ corral pull", "one", "three", "done");
  }

  @Test
  void moreLinesThanTheWindowHasAreCounted() {
    Redrawn redrawn = redrawn(true);
    String[] jobs = IntStream.range(0, 9).mapToObj(job -> "job " + job).toArray(String[]::new);
    draw(redrawn, jobs);
    jobs[0] = "job 0 done";
    draw(redrawn, jobs);
    assertThat(window.seen())
        .containsExactly("$ corral pull", "job 0 done", "job 1", "job 2", "job 3", "… and 5 more");
  }

  @Test
  void aLineOfAPullKeepsItsFiguresInANarrowWindow() {
    PrintStream err = new PrintStream(written, true, StandardCharsets.UTF_8);
    Screen screen =
        new Screen(
            err, err, false, false, true, false, () -> new TerminalSize(window.columns(), 0), true);
    PullView job =
        Json.as(
            Json.read(
                """
                {"id":"1","model":"hf.co/owner/a-model-with-a-long-name-GGUF:Q4_K_M","target":"own",\
                "state":"pulling","bytesDone":429000000,"bytesTotal":4000000000,"percent":10.7}\
                """),
            PullView.class);
    window = new Window(40, true);
    new PullBars(screen, false).show(List.of(job));
    look();
    assertThat(window.seen()).containsExactly("hf.co/owner/a…   10% 429 MB/4.0 GB");
    window = new Window(120, true);
    new PullBars(screen, false).show(List.of(job));
    look();
    assertThat(window.seen().getFirst()).contains("Q4_K_M   10% ▕██ ", "▏ 429 MB/4.0 GB");
  }

  @Test
  void theSizeIsReadAsSttyTellsIt() {
    assertThat(TerminalSize.read("24 80\n")).isEqualTo(new TerminalSize(80, 24));
    assertThat(TerminalSize.read("")).isEqualTo(TerminalSize.UNKNOWN);
    assertThat(TerminalSize.read("stty: no terminal")).isEqualTo(TerminalSize.UNKNOWN);
  }
}
