package dev.corral.dialect;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.corral.model.Dialect;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// Watches an answer with status 200 in passing: when its content begins, how many frames had some,
/// and in the end whether it was an answer at all. Looks at the beginning of each line and keeps
/// the last bytes; parses nothing while bytes flow.
///
/// The marks of a failed answer are those of reference/ollama-live.md items 10 and 11: Ollama ends
/// such answers cleanly on the level of HTTP.
///
/// One instance per answer; not for several threads.
public final class EndWatch {
  /// Enough for usage and finish reason at the end of a whole answer.
  private static final int WHOLE_TAIL = 16 * 1024;

  /// Enough for the first frame of a `/v1/messages` stream.
  private static final int HEAD = 1024;

  /// The last frames of a stream; small, since thousands of streams may be open.
  private static final int STREAM_TAIL = 4 * 1024;

  /// Bytes that tell an error object from an answer.
  private static final int WHOLE_LOOK = "{\"error\"".length();

  private static final String NOT_JSON =
      "The backend answered 200 with something that is no JSON, perhaps a web page. Check that its"
          + " address is that of a model server.";
  private static final String STOPPED =
      "The model stopped in the middle of its answer. Try again; if it happens again, look into"
          + " the backend's log.";

  /// What is known of the beginning.
  public enum Start {
    /// Nothing yet that a caller should see, and no reason to give up.
    OPEN,
    /// Content has passed: from here on a failure is told in the stream.
    CONTENT,
    /// The first thing that came is an error or no JSON; [#finish] has the words.
    FAILED
  }

  private final Call call;
  private final boolean streamed;
  private final Tail tail;
  private final byte[] line = new byte[FrameKind.LOOK];
  private int lineLength;
  private boolean midLine;
  private boolean blankLine = true;

  private Start start = Start.OPEN;
  private long contents;
  private boolean ended;
  private boolean failed;

  /// The first bytes of a `/v1/messages` stream: its first frame tells the size of the prompt, and
  /// with some backends no other does.
  private byte[] head = {};

  public EndWatch(Call call, boolean streamed) {
    this.call = call;
    this.streamed = streamed;
    this.tail = new Tail(streamed ? STREAM_TAIL : WHOLE_TAIL);
  }

  public void feed(byte[] bytes, int from, int length) {
    tail.append(bytes, from, length);
    if (streamed) {
      if (call == Call.V1_MESSAGES && head.length < HEAD) {
        keepHead(bytes, from, length);
      }
      lines(bytes, from, from + length);
    } else if (start == Start.OPEN) {
      begin(bytes, from, from + length);
    }
  }

  /// As [#feed(byte[], int, int)]; leaves the buffer as it is.
  public void feed(ByteBuffer piece) {
    byte[] copy = new byte[piece.remaining()];
    piece.get(piece.position(), copy);
    feed(copy, 0, copy.length);
  }

  public Start start() {
    return start;
  }

  /// Frames with content so far; of an answer that is not streamed always 0.
  public long contentFrames() {
    return contents;
  }

  /// What to write before a frame of our own, so that it does not grow onto half a frame.
  String border() {
    if (!streamed) {
      return "";
    }
    boolean sse = call.dialect() != Dialect.OLLAMA;
    if (midLine) {
      return sse ? "\n\n" : "\n";
    }
    return sse && !blankLine ? "\n" : "";
  }

  /// The number that the next event of a `/v1/responses` stream has.
  long nextSequence() {
    return AnswerText.number(tail.text(), "sequence_number") + 1;
  }

  /// The end of the body.
  public End finish() {
    if (streamed && midLine) {
      lineEnds();
    } else if (!streamed && start == Start.OPEN) {
      judge(FrameKind.object(line, lineLength));
    }
    String text = tail.text();
    return streamed ? endOfStream(text) : endOfWhole(text);
  }

  private void keepHead(byte[] bytes, int from, int length) {
    int kept = head.length;
    int more = Math.min(length, HEAD - kept);
    head = Arrays.copyOf(head, kept + more);
    System.arraycopy(bytes, from, head, kept, more);
  }

  private void lines(byte[] bytes, int from, int end) {
    int at = from;
    while (at < end) {
      byte c = bytes[at++];
      if (c == '\n') {
        lineEnds();
      } else if (lineLength == line.length) {
        at = untilNewline(bytes, at, end);
      } else {
        midLine = true;
        if (c > ' ' || c < 0) {
          line[lineLength++] = c;
        }
      }
    }
  }

  private static int untilNewline(byte[] bytes, int from, int end) {
    int at = from;
    while (at < end && bytes[at] != '\n') {
      at++;
    }
    return at;
  }

  private void lineEnds() {
    FrameKind kind = FrameKind.of(call, line, lineLength);
    blankLine = lineLength == 0;
    midLine = false;
    lineLength = 0;
    judge(kind);
  }

  private void begin(byte[] bytes, int from, int end) {
    for (int at = from; at < end && lineLength < WHOLE_LOOK; at++) {
      if (bytes[at] > ' ' || bytes[at] < 0) {
        line[lineLength++] = bytes[at];
      }
    }
    if (lineLength == WHOLE_LOOK) {
      judge(FrameKind.object(line, lineLength));
    }
  }

  private void judge(FrameKind kind) {
    switch (kind) {
      case CONTENT -> {
        contents++;
        if (start == Start.OPEN) {
          start = Start.CONTENT;
        }
      }
      case ERROR -> {
        failed = true;
        fail();
      }
      case FOREIGN -> fail();
      case END -> ended = true;
      case OTHER -> {}
    }
  }

  private void fail() {
    if (start == Start.OPEN) {
      start = Start.FAILED;
    }
  }

  private End endOfStream(String text) {
    if (failed) {
      return new End.LateError(words(AnswerText.lastErrorLine(text)), true, usage(text, 0));
    }
    if (start == Start.FAILED) {
      return new End.LateError(NOT_JSON, false, Usage.UNKNOWN);
    }
    String last = AnswerText.lastLine(text);
    boolean complete =
        switch (call) {
          case GENERATE, CHAT -> done(last) && AnswerText.object(last);
          case PULL, PUSH, CREATE ->
              AnswerText.says(last, "status", "\"success\"") && AnswerText.object(last);
          case EMBED, EMBEDDINGS, SHOW, COPY, DELETE, V1_EMBEDDINGS, V1_COUNT_TOKENS ->
              AnswerText.object(last);
          case V1_CHAT, V1_COMPLETIONS, V1_RESPONSES, V1_MESSAGES -> ended;
        };
    if (complete) {
      return new End.Complete(usage(text, lastFrameIsEmpty() ? contents - 1 : contents));
    }
    boolean marked = AnswerText.says(last, "model", "\"\"");
    return marked
        ? new End.LateError(STOPPED, false, usage(text, contents - 1))
        : new End.NoTerminator(usage(text, contents));
  }

  /// The last line of a generate carries its `context` between `done` and the counts, and may be
  /// longer than what is kept; only that line has counts.
  private static boolean done(String line) {
    return AnswerText.says(line, "done", "true") || AnswerText.has(line, "total_duration");
  }

  /// True where the frame that tells the end looks like one with content.
  private boolean lastFrameIsEmpty() {
    return call.dialect() == Dialect.OLLAMA || call == Call.V1_CHAT || call == Call.V1_COMPLETIONS;
  }

  private End endOfWhole(String text) {
    if (lineLength == 0) {
      boolean silent = call == Call.COPY || call == Call.DELETE;
      return silent ? new End.Complete(Usage.UNKNOWN) : new End.NoTerminator(Usage.UNKNOWN);
    }
    if (failed) {
      return new End.LateError(words(text), false, Usage.UNKNOWN);
    }
    if (start == Start.FAILED) {
      return new End.LateError(NOT_JSON, false, Usage.UNKNOWN);
    }
    Usage usage = usage(text, -1);
    if (!AnswerText.object(text.strip())) {
      return new End.NoTerminator(usage);
    }
    boolean stopped =
        switch (call) {
          // A prompt that was only rendered (`_debug_render_only`) was never to be answered.
          case GENERATE, CHAT ->
              AnswerText.says(text, "done", "false") && !AnswerText.has(text, "_debug_info");
          case V1_CHAT, V1_COMPLETIONS -> AnswerText.says(text, "finish_reason", "null");
          case V1_MESSAGES ->
              AnswerText.says(text, "stop_reason", "null")
                  || (tail.whole() && !AnswerText.has(text, "stop_reason"));
          default -> false;
        };
    return stopped ? new End.LateError(STOPPED, false, usage) : new End.Complete(usage);
  }

  private static String words(String errorObject) {
    return BackendWords.in(errorObject.getBytes(ISO_8859_1)).orElse(STOPPED);
  }

  /// @param frames the tokens to assume where none are told; below 0 for no guess
  private Usage usage(String text, long frames) {
    return switch (call) {
      case GENERATE, CHAT -> {
        Usage told = told(text, "prompt_eval_count", "eval_count", frames);
        long nanos = AnswerText.number(text, "eval_duration");
        yield new Usage(told.promptTokens(), told.answerTokens(), told.estimated(), nanos);
      }
      case V1_CHAT, V1_COMPLETIONS -> told(text, "prompt_tokens", "completion_tokens", frames);
      case V1_RESPONSES, V1_MESSAGES -> told(text, "input_tokens", "output_tokens", frames);
      case EMBED -> new Usage(AnswerText.number(text, "prompt_eval_count"), 0, false, -1);
      case V1_EMBEDDINGS -> new Usage(AnswerText.number(text, "prompt_tokens"), 0, false, -1);
      case EMBEDDINGS, SHOW, PULL, PUSH, CREATE, COPY, DELETE, V1_COUNT_TOKENS -> Usage.UNKNOWN;
    };
  }

  /// A zero that is told beside frames that were seen counts as not told: some frames carry a usage
  /// of zero until the last one.
  private Usage told(String text, String promptKey, String answerKey, long frames) {
    long prompt = AnswerText.number(text, promptKey);
    if (prompt < 0) {
      prompt = AnswerText.number(new String(head, ISO_8859_1), promptKey);
    }
    long answer = AnswerText.number(text, answerKey);
    return answer > 0 || frames <= 0
        ? new Usage(prompt, answer, false, -1)
        : new Usage(prompt, frames, true, -1);
  }
}
