package dev.corral.dialect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EndWatchTest {

  private static EndWatch watched(Call call, boolean streamed, byte[] body) {
    EndWatch watch = new EndWatch(call, streamed);
    watch.feed(body, 0, body.length);
    return watch;
  }

  private static End end(Call call, boolean streamed, String body) {
    return watched(call, streamed, body.getBytes(UTF_8)).finish();
  }

  private static boolean streamed(Recording recorded) {
    return ((Peeked.Body) Peek.at(recorded.call(), recorded.request())).streamed();
  }

  @ParameterizedTest
  @CsvSource({
    "chat-stream, 63, 10, 61318000",
    "chat-tools-stream, 378, 4, 383925000",
    "chat-think-stream, 30, 15, 1702179000",
    "chat-nostream, 63, 10, 1747000",
    "generate-stream, 63, 10, 453587000",
    "generate-nostream, 63, 10, 5163000",
    "generate-logprobs, 51, 2, 1229000",
    "load-chat-empty, -1, -1, -1",
    "unload, -1, -1, -1",
    "v1-chat-stream-usage, 63, 10, -1",
    "v1-chat-tools-stream, 378, 4, -1",
    "v1-chat-nostream, 63, 10, -1",
    "v1-completions, 53, 10, -1",
    "v1-completions-stream-usage, 53, 10, -1",
    "v1-embeddings, 5, 0, -1",
    "v1-messages, 63, 10, -1",
    "v1-messages-stream, 63, 10, -1",
    "v1-messages-tools-stream, 365, 4, -1",
    "v1-messages-think-stream, 30, 15, -1",
    "v1-responses, 63, 10, -1",
    "v1-responses-stream, 63, 10, -1",
    "v1-responses-tools-stream, 364, 4, -1",
    "embed, 10, 0, -1",
    "embeddings-old, -1, -1, -1",
    "show, -1, -1, -1",
    "copy, -1, -1, -1",
    "pull-ok-small, -1, -1, -1",
    "create-stream, -1, -1, -1"
  })
  void aWholeAnswerSaysSoAndTellsWhatItTook(String name, long prompt, long answer, long nanos) {
    Recording recorded = Recording.named(name);
    End end = watched(recorded.call(), streamed(recorded), recorded.answer()).finish();
    assertThat(end).isEqualTo(new End.Complete(new Usage(prompt, answer, false, nanos)));
  }

  @ParameterizedTest
  @CsvSource({"v1-chat-stream, 9", "v1-chat-think-stream, 12"})
  void whereNoUsageIsToldTheFramesAreCounted(String name, long frames) {
    Recording recorded = Recording.named(name);
    End end = watched(recorded.call(), true, recorded.answer()).finish();
    assertThat(end).isEqualTo(new End.Complete(new Usage(-1, frames, true, -1)));
  }

  @ParameterizedTest
  @CsvSource({
    "runner-killed-v1-messages-stream",
    "runner-killed-v1-responses-stream",
    "stutter-generate-stream",
    "stutter-v1-chat-stream",
    "cancel-mid-stream"
  })
  void aStreamThatJustStopsIsNoAnswer(String name) {
    Recording recorded = Recording.named(name);
    End end = watched(recorded.call(), true, recorded.answer()).finish();
    assertThat(end).isInstanceOf(End.NoTerminator.class);
    assertThat(end.usage().answerTokens()).isPositive();
    assertThat(end.usage().estimated()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          runner-killed-chat-stream           | true  | an error was encountered while running the model: unexpected EOF
          runner-killed-generate-stream       | true  | an error was encountered while running the model: unexpected EOF
          runner-killed-v1-chat-stream        | false | The model stopped in the middle
          runner-killed-v1-completions-stream | false | The model stopped in the middle
          stutter-generate-nostream           | false | The model stopped in the middle
          stutter-v1-chat-nostream            | false | The model stopped in the middle
          pull-err-404                        | true  | pull model manifest: file does not exist
          err-push-missing                    | true  | open MODELS/manifests
          """)
  void anErrorBehindA200IsRecognised(String name, boolean told, String text) {
    Recording recorded = Recording.named(name);
    End end = watched(recorded.call(), streamed(recorded), recorded.answer()).finish();
    assertThat(end).isInstanceOf(End.LateError.class);
    assertThat(((End.LateError) end).told()).isEqualTo(told);
    assertThat(((End.LateError) end).text()).startsWith(text);
  }

  @ParameterizedTest
  @CsvSource({
    "chat-stream",
    "chat-tools-stream",
    "chat-think-stream",
    "generate-stream",
    "pull-ok-small",
    "v1-chat-stream",
    "v1-chat-stream-usage",
    "v1-chat-tools-stream",
    "v1-completions-stream-usage",
    "v1-messages-stream",
    "v1-messages-tools-stream",
    "v1-messages-think-stream",
    "v1-responses-stream",
    "v1-responses-tools-stream",
    "runner-killed-v1-chat-stream",
    "runner-killed-v1-messages-stream",
    "stutter-v1-chat-stream",
    "chat-nostream",
    "stutter-generate-nostream",
    "v1-messages"
  })
  void whereverAnAnswerIsCutItReadsTheSame(String name) {
    Recording recorded = Recording.named(name);
    byte[] body = recorded.answer();
    boolean streamed = streamed(recorded);
    End whole = watched(recorded.call(), streamed, body).finish();
    for (int cut = 0; cut <= body.length; cut++) {
      EndWatch watch = new EndWatch(recorded.call(), streamed);
      watch.feed(body, 0, cut);
      watch.feed(body, cut, body.length - cut);
      End end = watch.finish();
      if (!end.equals(whole)) {
        fail("cut at %d: %s instead of %s", cut, end, whole);
      }
    }
    EndWatch bytewise = new EndWatch(recorded.call(), streamed);
    for (int at = 0; at < body.length; at++) {
      bytewise.feed(body, at, 1);
    }
    assertThat(bytewise.finish()).isEqualTo(whole);
  }

  @ParameterizedTest
  @CsvSource({
    "chat-stream",
    "chat-tools-stream",
    "generate-stream",
    "chat-nostream",
    "v1-chat-stream",
    "v1-completions-stream-usage",
    "v1-messages-stream",
    "v1-responses-stream",
    "v1-chat-nostream",
    "v1-messages",
    "embed",
    "pull-ok-small"
  })
  void anAnswerThatLacksItsLastBytesIsNeverComplete(String name) {
    Recording recorded = Recording.named(name);
    byte[] body = recorded.answer();
    String text = new String(body, UTF_8);
    int end = text.stripTrailing().length();
    if (text.contains("event: ")) {
      end = text.lastIndexOf("data: ") - 1;
    }
    for (int cut = 0; cut < end; cut++) {
      byte[] part = Arrays.copyOf(body, cut);
      End told = watched(recorded.call(), streamed(recorded), part).finish();
      if (told instanceof End.Complete) {
        fail("complete though cut at %d", cut);
      }
    }
  }

  @Test
  void contentBeginsWithTheFirstFrameThatHasSome() {
    EndWatch watch = new EndWatch(Call.V1_MESSAGES, true);
    String[] pieces = {
      ": ping\n\n",
      "event: message_start\ndata: {\"usage\":{\"input_tokens\":5}}\n\n",
      "event: content_block_start\ndata: {}\n\nevent: content_blo",
      "ck_delta\n"
    };
    EndWatch.Start[] starts = new EndWatch.Start[pieces.length];
    for (int i = 0; i < pieces.length; i++) {
      byte[] piece = pieces[i].getBytes(UTF_8);
      watch.feed(piece, 0, piece.length);
      starts[i] = watch.start();
    }
    assertThat(starts)
        .containsExactly(
            EndWatch.Start.OPEN, EndWatch.Start.OPEN, EndWatch.Start.OPEN, EndWatch.Start.CONTENT);
    assertThat(watch.contentFrames()).isEqualTo(1);
    assertThat(watch.finish()).isEqualTo(new End.NoTerminator(new Usage(5, 1, true, -1)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          CHAT        | true  | {"error":"no"}                                   | no
          CHAT        | false | {"error": "no"}                                  | no
          V1_CHAT     | true  | data: {"error": {"message": "no"}}               | no
          V1_CHAT     | true  | event: error                                     | The model stopped in the middle
          V1_CHAT     | false | {"error": {"message": "no", "code": 7}}          | no
          V1_MESSAGES | true  | event: error                                     | The model stopped in the middle
          CHAT        | true  | <html><title>Sign in</title></html>              | The backend answered 200 with something
          CHAT        | false | <html><title>Sign in</title></html>              | The backend answered 200 with something
          V1_CHAT     | true  | {"ok": true}                                     | The backend answered 200 with something
          SHOW        | false | nonsense                                         | The backend answered 200 with something
          """)
  void anErrorInPlaceOfTheFirstFrameIsKnownBeforeAnythingIsPassedOn(
      Call call, boolean streamed, String body, String text) {
    EndWatch watch = watched(call, streamed, (body + "\n").getBytes(UTF_8));
    assertThat(watch.start()).isEqualTo(EndWatch.Start.FAILED);
    assertThat(((End.LateError) watch.finish()).text()).startsWith(text);
  }

  @Test
  void anErrorEventIsReadFromItsData() {
    String stream =
        "event: content_block_delta\ndata: {}\n\nevent: error\ndata:"
            + " {\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":\"Überlast\"}}\n\n";
    assertThat(end(Call.V1_MESSAGES, true, stream))
        .isEqualTo(new End.LateError("Überlast", true, new Usage(-1, -1, false, -1)));
  }

  @Test
  void aModelThatSpeaksOfDoneAndErrorsIsNotBelieved() {
    String line =
        "{\"message\":{\"content\":\"{\\\"error\\\":1} \\\"done\\\":true\"},\"done\":false}\n";
    assertThat(end(Call.CHAT, true, line)).isInstanceOf(End.NoTerminator.class);
    String spaced = "{\"message\":{\"content\":\"\\\"done\\\":false\"}, \"done\" : true}";
    assertThat(end(Call.CHAT, true, spaced)).isInstanceOf(End.Complete.class);
    assertThat(end(Call.CHAT, false, spaced)).isInstanceOf(End.Complete.class);
  }

  @Test
  void aLastLineLongerThanWhatIsKeptStillCounts() {
    String line =
        "{\"response\":\"\",\"done\":true,\"context\":["
            + "259,".repeat(20_000)
            + "1],\"total_duration\":9,\"prompt_eval_count\":8,\"eval_count\":7,\"eval_duration\":6}";
    Usage usage = new Usage(8, 7, false, 6);
    assertThat(end(Call.GENERATE, true, line + "\n")).isEqualTo(new End.Complete(usage));
    assertThat(end(Call.GENERATE, false, line)).isEqualTo(new End.Complete(usage));
  }

  @Test
  void nothingAtAllIsAnAnswerOnlyWhereOllamaSaysNothing() {
    assertThat(end(Call.COPY, false, "")).isInstanceOf(End.Complete.class);
    assertThat(end(Call.CHAT, false, "")).isInstanceOf(End.NoTerminator.class);
    assertThat(end(Call.CHAT, true, "")).isInstanceOf(End.NoTerminator.class);
  }

  @Test
  void theWordsOfABackendAreFoundInEveryShape() {
    String[] shapes = {
      "{\"error\":\"no\"}",
      "{\"error\":{\"code\":400,\"message\":\"no\",\"type\":\"x\"}}",
      "{\"type\":\"error\",\"error\":{\"type\":\"x\",\"message\":\"no\"},\"request_id\":\"r\"}",
      "{\"detail\":\"no\"}",
      "{\"object\":\"error\",\"message\":\"no\",\"code\":404}"
    };
    for (String shape : shapes) {
      assertThat(BackendWords.in(shape.getBytes(UTF_8))).as(shape).contains("no");
    }
    for (String none : new String[] {"", "<html>", "{\"error\":\"n", "[]", "{\"error\":{}}"}) {
      assertThat(BackendWords.in(none.getBytes(UTF_8))).as(none).isEmpty();
    }
  }
}
