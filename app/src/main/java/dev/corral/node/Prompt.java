package dev.corral.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.corral.templates.ControlTokens;
import dev.corral.templates.ControlTokens.Piece;
import dev.corral.templates.MarkedText;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// A prompt on its way to a runner.
///
/// @param text as it was rendered
/// @param tokens without those that the tokenizer adds, where they have been counted; else -1
record Prompt(MarkedText text, int tokens) {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private static final String TOO_LONG =
      "the prompt is longer than the context length currently available to the model; shorten the"
          + " prompt, adjust the context length in settings, or use a model with a longer context"
          + " length";

  Prompt(MarkedText text) {
    this(text, -1);
  }

  /// True where no look is needed: a token has at least one byte, and the tokenizer may add one on
  /// each side.
  boolean surelyFits(int most) {
    if (tokens >= 0) {
      return tokens + 2 <= most;
    }
    String plain = text.toString();
    return plain.length() < most && plain.getBytes(StandardCharsets.UTF_8).length + 2 <= most;
  }

  /// The same with its tokens counted.
  Prompt counted(Runner runner) {
    return new Prompt(text, runner.tokenize(text.toString(), false, true).size());
  }

  /// What the runner is sent: the text, or, where a user typed something that looks like a control
  /// token, the tokens, those of the user's text read as plain text.
  JsonNode sent(Runner runner, FileFacts file) {
    MarkedText own = withoutBos(file);
    ControlTokens control = new ControlTokens(file.control().keySet());
    List<Piece> pieces = control.split(own);
    if (pieces.equals(control.split(MarkedText.trusted(own.toString())))) {
      return NODES.textNode(own.toString());
    }
    return array(ids(pieces, runner, file), file);
  }

  /// Fits the prompt into the context as Ollama does where a single message is longer than it: the
  /// first `keep` tokens stay, and so much of the rest, from the end, that half of it is free.
  ///
  /// @param shift false where the context is not to be shifted: then it is refused
  JsonNode fitted(Runner runner, FileFacts file, int keep, boolean shift) {
    int context = runner.facts().contextLength();
    JsonNode whole = sent(runner, file);
    if (context <= 1 || surelyFits(context)) {
      return whole;
    }
    List<Integer> tokens = ids(whole, runner, file);
    int most = context - 1;
    if (tokens.size() <= most) {
      return whole;
    }
    if (!shift) {
      throw new Refused(400, TOO_LONG);
    }
    int kept = keep < 0 ? tokens.size() : keep;
    kept = Math.min(file.addsBos() ? kept + 1 : kept, most);
    int limit = context - Math.max((context - kept) / 2, 1);
    List<Integer> cut = new ArrayList<>(tokens.subList(0, kept));
    cut.addAll(tokens.subList(tokens.size() - (limit - kept), tokens.size()));
    ArrayNode ids = NODES.arrayNode();
    cut.forEach(ids::add);
    return ids;
  }

  /// All tokens that the runner reads, those that the tokenizer adds among them.
  List<Integer> ids(Runner runner, FileFacts file) {
    return ids(sent(runner, file), runner, file);
  }

  private static List<Integer> ids(JsonNode sent, Runner runner, FileFacts file) {
    if (sent.isTextual()) {
      return runner.tokenize(sent.textValue(), true, true);
    }
    List<Integer> tokens = new ArrayList<>();
    if (file.addsBos() && file.bos() >= 0) {
      tokens.add(file.bos());
    }
    sent.forEach(id -> {
      if (id.isInt()) {
        tokens.add(id.intValue());
      }
    });
    return tokens;
  }

  /// The tokenizer puts the first token in front by itself; a template's own would be a second.
  private MarkedText withoutBos(FileFacts file) {
    String bos = file.bosText();
    return file.addsBos() && !bos.isEmpty() && text.toString().startsWith(bos)
        ? text.slice(bos.length(), text.length())
        : text;
  }

  private static List<Integer> ids(List<Piece> pieces, Runner runner, FileFacts file) {
    List<Integer> ids = new ArrayList<>();
    for (Piece piece : pieces) {
      Integer control = piece.control() ? file.control().get(piece.text()) : null;
      if (control == null) {
        ids.addAll(runner.tokenize(piece.text(), false, false));
      } else {
        ids.add(control);
      }
    }
    return ids;
  }

  /// The empty text in front is where the runner puts its own first token.
  private static ArrayNode array(List<Integer> ids, FileFacts file) {
    ArrayNode array = NODES.arrayNode();
    if (file.addsBos()) {
      array.add("");
    }
    ids.forEach(array::add);
    return array;
  }
}
