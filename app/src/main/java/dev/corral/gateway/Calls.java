package dev.corral.gateway;

import dev.corral.dialect.Call;

/// What the gateway may do with each call.
final class Calls {
  private Calls() {}

  /// Calls that ask a model and change nothing: only these are ever tried again.
  static boolean inference(Call call) {
    return switch (call) {
      case GENERATE,
          CHAT,
          EMBED,
          EMBEDDINGS,
          V1_CHAT,
          V1_COMPLETIONS,
          V1_EMBEDDINGS,
          V1_RESPONSES,
          V1_MESSAGES,
          V1_COUNT_TOKENS ->
          true;
      case SHOW, PULL, PUSH, CREATE, COPY, DELETE -> false;
    };
  }

  /// Calls that change nothing, so that asking twice does no harm.
  static boolean reads(Call call) {
    return inference(call) || call == Call.SHOW;
  }

  /// Calls that a server of OpenAI's API answers, as they stand or by translation.
  static boolean openaiCan(Call call) {
    return inference(call) || call == Call.SHOW;
  }

  /// Calls that speak OpenAI's own dialect, so that nothing needs translating for such a server.
  static boolean openaiSpeaks(Call call) {
    return switch (call) {
      case V1_CHAT, V1_COMPLETIONS, V1_EMBEDDINGS, V1_RESPONSES, V1_MESSAGES, V1_COUNT_TOKENS ->
          true;
      case GENERATE, CHAT, EMBED, EMBEDDINGS, SHOW, PULL, PUSH, CREATE, COPY, DELETE -> false;
    };
  }

  /// Calls that change what a node holds.
  static boolean changes(Call call) {
    return switch (call) {
      case PULL, CREATE, COPY, DELETE -> true;
      case GENERATE,
          CHAT,
          EMBED,
          EMBEDDINGS,
          SHOW,
          PUSH,
          V1_CHAT,
          V1_COMPLETIONS,
          V1_EMBEDDINGS,
          V1_RESPONSES,
          V1_MESSAGES,
          V1_COUNT_TOKENS ->
          false;
    };
  }
}
