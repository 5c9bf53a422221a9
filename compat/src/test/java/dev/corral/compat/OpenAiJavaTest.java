package dev.corral.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.OpenAIException;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionMessage;
import com.openai.models.chat.completions.ChatCompletionMessageFunctionToolCall;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import com.openai.models.embeddings.Embedding;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.models.Model;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;

/// OpenAI's own client for Java.
final class OpenAiJavaTest extends EveryClient {
  private OpenAIClient client;

  @BeforeParameterizedClassInvocation
  void connects() {
    client = OpenAIOkHttpClient.builder().baseUrl(corralUrl() + "/v1").apiKey("none").build();
  }

  @AfterParameterizedClassInvocation
  void disconnects() {
    client.close();
  }

  @Override
  String chatPath() {
    return "/v1/chat/completions";
  }

  @Override
  String notFoundError() {
    return "NotFoundException";
  }

  @Override
  List<String> models() {
    return client.models().list().autoPager().stream().map(Model::id).toList();
  }

  @Override
  String chat(String model) {
    return answer(asks(model).build()).content().orElseThrow();
  }

  @Override
  List<String> streamedChat(String model) {
    try (var chunks = client.chat().completions().createStreaming(asks(model).build())) {
      return pieces(chunks).toList();
    }
  }

  @Override
  List<List<Double>> embeddings(String model, List<String> texts) {
    EmbeddingCreateParams ask =
        EmbeddingCreateParams.builder().model(model).inputOfArrayOfStrings(texts).build();
    return client.embeddings().create(ask).data().stream()
        .map(Embedding::embedding)
        .map(vector -> vector.stream().map(Float::doubleValue).toList())
        .toList();
  }

  @Override
  ToolTalk toolTalk(String model) {
    var schema = Map.of("type", "object", "properties", Map.of("tz", Map.of("type", "string")));
    FunctionParameters.Builder parameters = FunctionParameters.builder();
    schema.forEach((key, value) -> parameters.putAdditionalProperty(key, JsonValue.from(value)));
    ChatCompletionCreateParams.Builder ask =
        asks(model)
            .addFunctionTool(
                FunctionDefinition.builder().name(TOOL).parameters(parameters.build()).build());
    ChatCompletionMessage said = answer(ask.build());
    ChatCompletionMessageFunctionToolCall call =
        said.toolCalls().orElseThrow().getFirst().asFunction();
    ask.addMessage(said)
        .addMessage(
            ChatCompletionToolMessageParam.builder()
                .toolCallId(call.id())
                .content(TOOL_RESULT)
                .build());
    return new ToolTalk(
        call.function().name(),
        Json.object(call.function().arguments()),
        answer(ask.build()).content().orElseThrow());
  }

  @Override
  Missing missing(String model) {
    OpenAIException error = catchThrowableOfType(OpenAIException.class, () -> chat(model));
    return new Missing(error.getClass().getSimpleName(), error.getMessage());
  }

  @Override
  void leavesAfterTheSecondPiece(String model) {
    try (var chunks = client.chat().completions().createStreaming(asks(model).build())) {
      assertThat(pieces(chunks).limit(2)).hasSize(2);
    }
  }

  private static ChatCompletionCreateParams.Builder asks(String model) {
    return ChatCompletionCreateParams.builder().model(model).addUserMessage(QUESTION);
  }

  private ChatCompletionMessage answer(ChatCompletionCreateParams ask) {
    return client.chat().completions().create(ask).choices().getFirst().message();
  }

  private static Stream<String> pieces(StreamResponse<ChatCompletionChunk> chunks) {
    return chunks.stream()
        .flatMap(chunk -> chunk.choices().stream())
        .flatMap(choice -> choice.delta().content().stream())
        .filter(text -> !text.isEmpty());
  }
}
