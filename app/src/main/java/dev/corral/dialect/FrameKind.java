package dev.corral.dialect;

import static java.nio.charset.StandardCharsets.US_ASCII;

/// What a line of a streamed answer is, told from its beginning alone.
enum FrameKind {
  /// Carries a piece of the answer.
  CONTENT,
  /// Belongs to the stream, and says nothing yet.
  OTHER,
  /// The stream says that it is complete.
  END,
  /// The stream says that it failed.
  ERROR,
  /// Nothing that this stream may hold.
  FOREIGN;

  private static final byte[] OBJECT = ascii("{");
  private static final byte[] ERROR_OBJECT = ascii("{\"error\"");
  private static final byte[] DATA = ascii("data:");
  private static final byte[] DATA_ERROR = ascii("data:{\"error\"");
  private static final byte[] DONE = ascii("data:[DONE]");
  private static final byte[] EVENT = ascii("event:");
  private static final byte[] EVENT_ERROR = ascii("event:error");
  private static final byte[] COMMENT = ascii(":");
  private static final byte[] ID = ascii("id:");
  private static final byte[] RETRY = ascii("retry:");
  private static final byte[] BLOCK_DELTA = ascii("event:content_block_delta");
  private static final byte[] MESSAGE_STOP = ascii("event:message_stop");
  private static final byte[] RESPONSE = ascii("event:response.");
  private static final byte[] COMPLETED = ascii("event:response.completed");
  private static final byte[] INCOMPLETE = ascii("event:response.incomplete");
  private static final byte[] FAILED = ascii("event:response.failed");
  private static final byte[] DELTA = ascii(".delta");

  /// How much of a line is looked at; the longest name of an event is shorter.
  static final int LOOK = 64;

  /// @param start the first [#LOOK] bytes of the line without white space
  static FrameKind of(Call call, byte[] start, int length) {
    if (length == 0) {
      return OTHER;
    }
    return switch (call) {
      case V1_CHAT, V1_COMPLETIONS, V1_EMBEDDINGS -> openai(start, length);
      case V1_MESSAGES, V1_COUNT_TOKENS -> messages(start, length);
      case V1_RESPONSES -> responses(start, length);
      case GENERATE, CHAT, EMBED, EMBEDDINGS, SHOW, PULL, PUSH, CREATE, COPY, DELETE ->
          object(start, length);
    };
  }

  /// A line of NDJSON, or a whole answer.
  static FrameKind object(byte[] start, int length) {
    if (starts(start, length, ERROR_OBJECT)) {
      return ERROR;
    }
    return starts(start, length, OBJECT) ? CONTENT : FOREIGN;
  }

  private static FrameKind openai(byte[] start, int length) {
    if (starts(start, length, DATA_ERROR) || starts(start, length, EVENT_ERROR)) {
      return ERROR;
    }
    if (starts(start, length, DONE)) {
      return END;
    }
    return starts(start, length, DATA) ? CONTENT : event(start, length);
  }

  private static FrameKind messages(byte[] start, int length) {
    if (starts(start, length, BLOCK_DELTA)) {
      return CONTENT;
    }
    if (starts(start, length, MESSAGE_STOP)) {
      return END;
    }
    return starts(start, length, EVENT_ERROR) ? ERROR : event(start, length);
  }

  private static FrameKind responses(byte[] start, int length) {
    if (starts(start, length, COMPLETED) || starts(start, length, INCOMPLETE)) {
      return END;
    }
    if (starts(start, length, FAILED) || starts(start, length, EVENT_ERROR)) {
      return ERROR;
    }
    boolean delta = starts(start, length, RESPONSE) && matches(start, length - DELTA.length, DELTA);
    return delta ? CONTENT : event(start, length);
  }

  private static FrameKind event(byte[] start, int length) {
    boolean known =
        starts(start, length, DATA)
            || starts(start, length, EVENT)
            || starts(start, length, COMMENT)
            || starts(start, length, ID)
            || starts(start, length, RETRY);
    return known ? OTHER : FOREIGN;
  }

  private static boolean starts(byte[] bytes, int length, byte[] wanted) {
    return length >= wanted.length && matches(bytes, 0, wanted);
  }

  private static boolean matches(byte[] bytes, int at, byte[] wanted) {
    for (int i = 0; i < wanted.length; i++) {
      if (bytes[at + i] != wanted[i]) {
        return false;
      }
    }
    return true;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(US_ASCII);
  }
}
