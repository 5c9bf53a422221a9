package dev.corral.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.journal.Entry.Level;
import dev.corral.testkit.Answer;
import dev.corral.testkit.Body;
import dev.corral.testkit.Headers;
import dev.corral.testkit.RawClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventStreamTest {
  private static final Pattern ID = Pattern.compile("id: (\\S+)\nevent: request\ndata: [^\n]*x1");

  @TempDir Path home;

  @Test
  void whatHappensIsToldAsItHappens() {
    try (RunningControl control = RunningControl.in(home);
        RawClient client = follow(control, "/manage/events", "")) {
      control.exchanged("x1", "m");
      control.journal.notice(Level.WARN, "backend", "rig", "down", "connection refused");

      String told = readUntil(client, "rig");
      assertThat(told)
          .startsWith("retry: 2000\n\n")
          .contains("event: request\ndata: {\"id\":\"x1\"");
      assertThat(told)
          .contains("event: backend\ndata: {\"at\":", "\"state\":\"down\"", "connection refused");
    }
  }

  @Test
  void onlyTheTopicsThatWereAskedForAreTold() {
    try (RunningControl control = RunningControl.in(home);
        RawClient client = follow(control, "/manage/events?topics=backend", "")) {
      control.exchanged("x1", "m");
      control.journal.notice(Level.WARN, "backend", "rig", "down", "connection refused");

      assertThat(readUntil(client, "rig")).doesNotContain("x1");
      Answer weather = control.get("/manage/events?topics=weather");
      assertThat(weather.status()).isEqualTo(400);
      assertThat(weather.text()).contains("Topics: alert, backend, pull, request, runner.");
    }
  }

  @Test
  void aModelThatComesIntoMemoryOrLeavesItIsTold() {
    try (RunningControl control = RunningControl.in(home);
        RawClient client = follow(control, "/manage/events?topics=runner", "")) {
      control.journal.notice(Level.INFO, "runner", "hen:1b", "loaded", "ready in 9 ms");
      control.journal.notice(Level.INFO, "runner", "hen:1b", "unloaded", "idle");
      assertThat(readUntil(client, "idle"))
          .containsSubsequence(
              "event: runner\ndata: {\"at\":",
              "\"model\":\"hen:1b\",\"state\":\"loaded\",\"why\":\"ready in 9 ms\"}\n\n",
              "\"state\":\"unloaded\"");
    }
  }

  @Test
  void aClientThatComesBackGoesOnWhereItWas() {
    try (RunningControl control = RunningControl.in(home)) {
      String id;
      try (RawClient client = follow(control, "/manage/events", "")) {
        control.exchanged("x1", "m");
        Matcher seen = ID.matcher(readUntil(client, "x1"));
        assertThat(seen.find()).isTrue();
        id = seen.group(1);
      }
      control.exchanged("x2", "m");
      assertThat(control.journal.awaitWritten(RunningControl.PATIENCE)).isTrue();
      try (RawClient client = follow(control, "/manage/events", id)) {
        control.exchanged("x3", "m");
        assertThat(readUntil(client, "x3")).contains("\"x2\"").doesNotContain("\"x1\"", "missed");
      }
    }
  }

  @Test
  void aClientThatWasAwayTooLongOrComesFromAnotherRunLearnsThatItMissedSomething() {
    try (RunningControl control = RunningControl.in(home)) {
      try (RawClient client = follow(control, "/manage/events", "other-7")) {
        assertThat(readUntil(client, "missed")).contains("event: missed\ndata: {}\n\n");
      }
      String first;
      try (RawClient client = follow(control, "/manage/events", "")) {
        control.exchanged("x1", "m");
        Matcher seen = ID.matcher(readUntil(client, "x1"));
        assertThat(seen.find()).isTrue();
        first = seen.group(1);
      }
      for (int i = 0; i < 2_500; i++) {
        control.exchanged("more", "m");
      }
      assertThat(control.journal.awaitWritten(RunningControl.PATIENCE)).isTrue();
      try (RawClient client = follow(control, "/manage/events", first)) {
        control.exchanged("x3", "m");
        assertThat(readUntil(client, "x3")).contains("event: missed").doesNotContain("more");
      }
    }
  }

  @Test
  void aSilentStreamSaysThatItLives() {
    try (RunningControl control = RunningControl.withHeartbeat(home, Duration.ofMillis(20));
        RawClient client = follow(control, "/manage/events", "")) {
      assertThat(readUntil(client, ": \n\n")).isNotEmpty();
    }
  }

  @Test
  void aClientThatLeavesIsForgotten() {
    try (RunningControl control = RunningControl.in(home)) {
      for (int i = 0; i < 300; i++) {
        follow(control, "/manage/events", "").reset();
      }
      // More clients than may follow at once have been there: each one was forgotten.
      try (RawClient client = follow(control, "/manage/events", "")) {
        control.exchanged("x1", "m");
        assertThat(readUntil(client, "x1")).contains("x1");
      }
    }
  }

  @Test
  void aStreamEndsWithTheKeyThatOpenedIt() {
    try (RunningControl control = RunningControl.in(home)) {
      try (RawClient keyless = follow(control, "/manage/events", "")) {
        String reader = control.key("reader", "manage");
        String other = control.key("other", "admin");
        awaitEnd(keyless);
        try (RawClient client = followWith(control, reader);
            RawClient stays = followWith(control, other)) {
          assertThat(
                  control
                      .ask(
                          "DELETE",
                          "/manage/keys/reader",
                          Body.EMPTY,
                          "Authorization",
                          "Bearer " + other)
                      .status())
              .isEqualTo(204);
          awaitEnd(client);
          control.exchanged("x1", "m");
          assertThat(readUntil(stays, "x1")).contains("x1");
        }
      }
    }
  }

  private static RawClient followWith(RunningControl control, String key) {
    return follow(
        control,
        "/manage/events",
        Headers.of("Accept", "text/event-stream", "Authorization", "Bearer " + key));
  }

  private static void awaitEnd(RawClient client) {
    while (client.readChunk().isPresent()) {
      // What was told before the end is of no interest.
    }
  }

  private static RawClient follow(RunningControl control, String path, String lastId) {
    return follow(
        control,
        path,
        lastId.isEmpty()
            ? Headers.of("Accept", "text/event-stream")
            : Headers.of("Accept", "text/event-stream", "Last-Event-ID", lastId));
  }

  private static RawClient follow(RunningControl control, String path, Headers headers) {
    RawClient client = RawClient.connect(control.port());
    client.request("GET", path, headers, Body.EMPTY);
    RawClient.Head head = client.readHead();
    assertThat(head.status()).isEqualTo(200);
    assertThat(head.headers().first("Content-Type")).contains("text/event-stream");
    return client;
  }

  private static String readUntil(RawClient client, String wanted) {
    StringBuilder told = new StringBuilder();
    while (told.indexOf(wanted) < 0) {
      Answer.Chunk chunk = client.readChunk().orElseThrow();
      told.append(chunk.bytes().text());
    }
    return told.toString();
  }
}
