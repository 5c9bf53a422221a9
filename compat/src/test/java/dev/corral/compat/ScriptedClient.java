package dev.corral.compat;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;

/// A client of another language, driven by a small script that plays one case per start.
abstract class ScriptedClient extends EveryClient {
  private List<String> command;
  private Installed.Script script;

  /// How the script is started; skips the tests where the client cannot be had.
  abstract List<String> install();

  @BeforeParameterizedClassInvocation
  final void installs() {
    command = install();
  }

  @AfterEach
  final void ends() {
    if (script != null) {
      script.close();
    }
  }

  @Override
  final List<String> models() {
    return texts(play("models", "-"));
  }

  @Override
  final String chat(String model) {
    return play("chat", model).textValue();
  }

  @Override
  final List<String> streamedChat(String model) {
    return texts(play("streamed", model));
  }

  @Override
  final List<List<Double>> embeddings(String model, List<String> texts) {
    return elements(play("embeddings", model, texts.toArray(String[]::new))).stream()
        .map(vector -> elements(vector).stream().map(JsonNode::doubleValue).toList())
        .toList();
  }

  @Override
  final ToolTalk toolTalk(String model) {
    JsonNode told = play("tools", model);
    return new ToolTalk(
        told.path("name").asText(),
        Json.object(told.path("arguments")),
        told.path("answer").asText());
  }

  @Override
  final Missing missing(String model) {
    JsonNode told = play("missing", model);
    return new Missing(told.path("error").asText(), told.path("message").asText());
  }

  @Override
  final void leavesAfterTheSecondPiece(String model) {
    // What had already arrived when it left, a client may still hand out.
    assertThat(texts(play("leave", model))).hasSizeGreaterThanOrEqualTo(2);
  }

  private JsonNode play(String played, String model, String... texts) {
    List<String> arguments = new ArrayList<>(List.of(corralUrl(), played, model));
    arguments.addAll(List.of(texts));
    script = new Installed.Script(command, arguments);
    return Json.tree(script.line());
  }

  private static List<String> texts(JsonNode array) {
    return elements(array).stream().map(JsonNode::textValue).toList();
  }

  private static List<JsonNode> elements(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).toList();
  }
}
