package dev.corral.node;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.corral.templates.answer.Part;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Hears an answer piece by piece.
interface Pieces {
  /// @param parts none where only the probabilities of a token are told, whose text is held back
  /// @param logprobs in Ollama's shape; null where none are wanted
  void piece(List<Part> parts, @Nullable ArrayNode logprobs);

  /// The last word.
  void ended(Ended ended);
}
