package dev.corral.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.EngineFiles;
import dev.corral.RunningCorral;
import dev.corral.blobs.Shop;
import dev.corral.model.Digest;
import dev.corral.testkit.Answer;
import dev.corral.testkit.Body;
import dev.corral.testkit.Headers;
import dev.corral.testkit.RawClient;
import dev.corral.testkit.Recording;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Every recorded request that needs no network, sent to a Corral that runs models itself: the same
/// status, headers, shape, counts and words. What differs on purpose, and what is not sent, stands
/// in `docs/compatibility.md` with its reason; a line there that is no longer true fails here too.
@Tag("slow")
class SameFaceTest {
  private static final String DIFFERS = "### What differs";
  private static final String NOT_SENT = "### What is not sent";
  private static final Pattern ROW = Pattern.compile("\\| ((?:`[^`]+`,? ?)+) \\| ([^|]*) \\|.*");
  private static final Pattern MARKED = Pattern.compile("`([^`]+)`");

  /// One of the answers is a whole context long.
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private static final List<String> MODELS =
      List.of("a", "b", "loop", "embed", "think", "tool", "stutter");

  @Test
  void theOwnEngineAnswersAsOllamaDid() throws IOException {
    EngineFiles.use();
    System.setProperty("corral.runner.classpath", runnerClassPath());
    Map<String, Set<String>> described = rows(DIFFERS);
    Set<String> stale = new TreeSet<>(described.keySet());
    List<String> surprises = new ArrayList<>();
    Set<String> same = new TreeSet<>();
    try (RunningCorral corral = RunningCorral.alone(EngineFiles.ALONE)) {
      byte[] upload = Shop.tiny("markov-a");
      for (Recording recording : Played.inOrder(sent())) {
        Answer answer = send(corral, recording, Played.body(recording, upload));
        Face expected = Face.of(recording);
        Face seen = Face.of(answer, recording);
        Set<String> where = described.getOrDefault(recording.name(), Set.of());
        if (seen.equals(expected)) {
          same.add(recording.name());
        } else {
          stale.remove(recording.name());
          if (!Unlike.asDescribed(seen, expected, where)) {
            Set<String> places = Unlike.places(seen, expected);
            surprises.add(recording.name() + " at " + places + ": " + seen.unlike(expected));
          }
        }
        prepare(corral, recording.name());
      }
    }
    assertThat(surprises).as("what differs otherwise than the table says").isEmpty();
    assertThat(stale).as("said to differ, and does not").isEmpty();
    assertThat(same).hasSizeGreaterThan(150);
  }

  @Test
  void whatIsNotSentIsARecording() throws IOException {
    List<String> names = Recording.names(Recording.V0_33);
    assertThat(rows(NOT_SENT).keySet())
        .allSatisfy(row -> assertThat(names).anyMatch(name -> matches(row, name)));
  }

  private static List<Recording> sent() throws IOException {
    Set<String> left = rows(NOT_SENT).keySet();
    return Recording.all(Recording.V0_33).stream()
        .filter(one -> left.stream().noneMatch(row -> matches(row, one.name())))
        .toList();
  }

  private static Answer send(RunningCorral corral, Recording recording, Body body) {
    try (RawClient client = RawClient.connect(corral.port(), PATIENCE, 0)) {
      return client
          .request(recording.method(), recording.target(), recording.requestHeaders(), body)
          .answer();
    } catch (AssertionError none) {
      throw new AssertionError(recording.name() + ": " + none.getMessage(), none);
    }
  }

  /// What the recordings behind this one take for granted: the files of all models, a blob that is
  /// no model, and the model whose making was not recorded.
  private static void prepare(RunningCorral corral, String after) throws IOException {
    if (after.equals("blob-post-again")) {
      for (String name : MODELS) {
        upload(corral, Shop.tiny("markov-" + name));
      }
      upload(corral, "hello".getBytes(UTF_8));
    } else if (after.equals("v1-model-one")) {
      ask(
          corral,
          "POST",
          "/api/create",
          Body.of(
              "{\"model\": \"markov-stutter\", \"files\": {\"m.gguf\": \""
                  + Digest.of(Shop.tiny("markov-stutter"))
                  + "\"}, \"stream\": false}"));
    }
  }

  private static void upload(RunningCorral corral, byte[] bytes) {
    ask(corral, "POST", "/api/blobs/" + Digest.of(bytes), Body.of(bytes));
  }

  private static void ask(RunningCorral corral, String method, String path, Body body) {
    try (RawClient client = RawClient.connect(corral.port())) {
      Answer answer =
          client.request(method, path, Headers.of("Connection", "close"), body).answer();
      assertThat(answer.status()).as(answer.text()).isIn(200, 201);
    }
  }

  /// What the second column of a table says in code marks, by the names of the first.
  private static Map<String, Set<String>> rows(String wanted) throws IOException {
    Map<String, Set<String>> rows = new LinkedHashMap<>();
    String table = "";
    for (String line : Files.readAllLines(Path.of("../docs/compatibility.md"))) {
      if (line.startsWith("#")) {
        table = line.strip();
      }
      Matcher row = ROW.matcher(line);
      if (row.matches() && table.equals(wanted)) {
        Set<String> second = marked(row.group(2));
        marked(row.group(1)).forEach(name -> rows.put(name, second));
      }
    }
    return rows;
  }

  private static Set<String> marked(String cell) {
    Set<String> marked = new LinkedHashSet<>();
    MARKED.matcher(cell).results().forEach(one -> marked.add(one.group(1)));
    return marked;
  }

  /// @param row a name, where `*` stands for anything
  private static boolean matches(String row, String name) {
    return name.matches(row.replace("*", ".*"));
  }

  private static String runnerClassPath() {
    return String.join(
        File.pathSeparator,
        Path.of("../runner/target/classes").toAbsolutePath().normalize().toString(),
        Path.of("../templates/target/classes").toAbsolutePath().normalize().toString(),
        System.getProperty("java.class.path"));
  }
}
