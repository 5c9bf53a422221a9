package dev.corral.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.wire.FramedBody;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `corral logs`: the server's log from the home, one readable line for each of its JSON lines, all
/// of them or those of one backend; or what the runner of a model wrote, asked of the server.
@Command(
    name = "logs",
    description = "Show the server's log, what it tells of a backend, or a runner's log.")
final class Logs extends Verb {
  /// How often a followed file is looked at.
  private static final long LOOK_MILLIS = 200;

  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("MM-dd HH:mm:ss.SSS", Locale.ROOT)
          .withZone(ZoneId.systemDefault());

  @Parameters(
      arity = "0..2",
      paramLabel = "[corral | runner MODEL | backend NAME]",
      description = "Whose log (default: corral).")
  List<String> whose = List.of();

  @Option(
      names = {"-f", "--follow"},
      description = "Go on as the log grows.")
  boolean follow;

  @Option(
      names = {"-n", "--lines"},
      paramLabel = "COUNT",
      description = "How many lines of the past (default 100).")
  int lines = 100;

  /// Only what is told of this one; empty for all.
  private String backend = "";

  @Override
  void run() {
    if (whose.size() == 2 && whose.getFirst().equals("runner")) {
      new RunnerTail(this, whose.getLast()).show();
    } else if (whose.size() == 2 && whose.getFirst().equals("backend")) {
      backend = whose.getLast();
      ofServer();
    } else if (whose.isEmpty() || whose.equals(List.of("corral"))) {
      ofServer();
    } else {
      throw new Failure(
          Exit.USAGE,
          "there is no log of '" + String.join(" ", whose) + "'",
          "Write: corral logs, corral logs runner MODEL, or corral logs backend NAME");
    }
  }

  private void ofServer() {
    Path file = root().home().resolve("logs").resolve("corral.log");
    if (!Files.exists(file)) {
      throw new Failure(
          Exit.MISSING,
          "there is no log at " + file,
          "The server writes one when it runs (corral serve); --home names its home.");
    }
    try {
      long end = past(file);
      while (follow && !screen().out().checkError()) {
        Thread.sleep(LOOK_MILLIS);
        end = grown(file, end);
      }
    } catch (IOException e) {
      throw new Failure(Exit.FAILED, "the log cannot be read: " + Answers.words(e), "");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Prints the last lines of what is there now; what is written meanwhile comes behind it, once.
  /// Bytes that are no text, as a full disk leaves them, hide none of the others.
  ///
  /// @return where the file ended
  private long past(Path file) throws IOException {
    Deque<String> last = new ArrayDeque<>();
    try (FileChannel log = FileChannel.open(file)) {
      long end = log.size();
      InputStream now = FramedBody.exactly(Channels.newInputStream(log), end);
      BufferedReader all = new BufferedReader(new InputStreamReader(now, StandardCharsets.UTF_8));
      for (String line = all.readLine(); line != null; line = all.readLine()) {
        if (wanted(line)) {
          last.addLast(line);
        }
        if (last.size() > lines) {
          last.removeFirst();
        }
      }
      last.forEach(this::show);
      return end;
    }
  }

  /// Prints the whole lines that came behind `from`. A file that became smaller is a new one.
  private long grown(Path file, long from) throws IOException {
    if (!Files.exists(file)) {
      return 0;
    }
    try (RandomAccessFile log = new RandomAccessFile(file.toFile(), "r")) {
      long start = log.length() < from ? 0 : from;
      byte[] bytes = new byte[(int) Math.min(log.length() - start, 1 << 20)];
      log.seek(start);
      log.readFully(bytes);
      int end = bytes.length;
      while (end > 0 && bytes[end - 1] != '\n') {
        end--;
      }
      new String(bytes, 0, end, StandardCharsets.UTF_8)
          .lines()
          .filter(this::wanted)
          .forEach(this::show);
      return start + end;
    }
  }

  private boolean wanted(String line) {
    if (backend.isEmpty()) {
      return true;
    }
    JsonNode entry = Json.read(line);
    boolean notice = text(entry, "event").equals("backend");
    return text(entry, notice ? "subject" : "backend").equals(backend);
  }

  private void show(String line) {
    screen().print(json() ? line : readable(line, screen()));
  }

  static String readable(String line, Screen screen) {
    JsonNode entry = Json.read(line);
    if (!entry.isObject()) {
      return line;
    }
    String level = entry.path("level").asText("").toUpperCase(Locale.ROOT);
    String shown = level.equals("WARN") || level.equals("ERROR") ? screen.bad(level) : level;
    String words = text(entry, "event").equals("exchange") ? exchange(entry) : notice(entry);
    return screen.dim(time(entry.path("at").asText(""))) + " " + shown + " " + words;
  }

  private static String exchange(JsonNode entry) {
    StringBuilder words = new StringBuilder(text(entry, "route"));
    words.append(" → ").append(text(entry, "status")).append(' ').append(text(entry, "outcome"));
    put(words, " ", text(entry, "model"));
    put(words, " on ", text(entry, "backend"));
    put(words, " for ", text(entry, "caller"));
    double first = entry.path("firstByteMillis").asDouble(-1);
    if (first >= 0) {
      words.append(String.format(Locale.ROOT, ", first byte %.0f ms", first));
    }
    double all = entry.path("totalMillis").asDouble(0);
    words.append(String.format(Locale.ROOT, ", %.0f ms", all));
    double speed = entry.path("tokensPerSecond").asDouble(0);
    if (speed > 0) {
      words.append(String.format(Locale.ROOT, ", %.1f tokens/s", speed));
    }
    put(words, " ", text(entry, "id"));
    return words.toString();
  }

  private static String notice(JsonNode entry) {
    StringBuilder words = new StringBuilder(text(entry, "event"));
    put(words, " ", text(entry, "subject"));
    put(words, " ", text(entry, "state"));
    put(words, ": ", text(entry, "message"));
    return words.toString();
  }

  private static void put(StringBuilder words, String before, String value) {
    if (!value.isEmpty()) {
      words.append(before).append(value);
    }
  }

  private static String text(JsonNode entry, String member) {
    return entry.path(member).asText("");
  }

  private static String time(String text) {
    Optional<Instant> time = Words.instant(text);
    return time.map(CLOCK::format).orElse(text);
  }
}
