package dev.corral.node;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// Where an answer in Ollama's shape goes: to the caller as it is, or into another dialect first.
interface Out {
  /// One object instead of frames: an answer that is not streamed, and what is no answer of the
  /// model (loaded, unloaded, a prompt that was only to be rendered).
  void whole(ObjectNode answer);

  /// The next frame of a stream; the last one has `done` set.
  void frame(ObjectNode frame);

  /// In Ollama's own dialect.
  static Out ollama(Turn turn) {
    return new Out() {
      private final Frames frames = turn.frames();

      @Override
      public void whole(ObjectNode answer) {
        turn.json(200, answer);
      }

      @Override
      public void frame(ObjectNode frame) {
        frames.send(frame);
        if (frame.path("done").asBoolean()) {
          frames.end();
        }
      }
    };
  }
}
