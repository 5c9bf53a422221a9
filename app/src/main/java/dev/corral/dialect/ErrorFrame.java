package dev.corral.dialect;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.corral.wire.Problem;

/// An error as the last frame of a stream whose head has gone out. No terminator follows it (no
/// `done:true`, no `[DONE]`), so that no client takes the broken answer for a whole one.
public final class ErrorFrame {
  private ErrorFrame() {}

  /// @param watch what passed of this stream: where it broke, and how it counts its frames
  public static byte[] render(Call call, Problem problem, EndWatch watch) {
    String frame =
        switch (call) {
          case V1_CHAT, V1_COMPLETIONS, V1_EMBEDDINGS ->
              "data: " + ErrorBody.openai(problem) + "\n\n";
          case V1_RESPONSES -> responses(problem, watch.nextSequence());
          case V1_MESSAGES, V1_COUNT_TOKENS ->
              "event: error\ndata: " + ErrorBody.anthropic(problem) + "\n\n";
          case GENERATE, CHAT, EMBED, EMBEDDINGS, SHOW, PULL, PUSH, CREATE, COPY, DELETE ->
              ErrorBody.ollama(problem) + "\n";
        };
    return (watch.border() + frame).getBytes(UTF_8);
  }

  private static String responses(Problem problem, long sequence) {
    return "event: error\ndata: {\"type\":\"error\",\"code\":\""
        + ErrorBody.openaiType(problem.status())
        + "\",\"message\":"
        + GoJson.quoted(problem.text())
        + ",\"param\":null,\"sequence_number\":"
        + sequence
        + "}\n\n";
  }
}
