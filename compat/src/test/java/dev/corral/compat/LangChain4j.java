package dev.corral.compat;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.exception.LangChain4jException;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.embedding.EmbeddingModel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// LangChain4j's common face of its several clients.
abstract class LangChain4j extends EveryClient {
  abstract ChatModel chatModel(String name);

  abstract StreamingChatModel streamingModel(String name);

  abstract EmbeddingModel embeddingModel(String name);

  @Override
  final String notFoundError() {
    return "ModelNotFoundException";
  }

  @Override
  final String chat(String model) {
    return chatModel(model).chat(QUESTION);
  }

  @Override
  final List<String> streamedChat(String model) throws Exception {
    Pieces pieces = new Pieces(Integer.MAX_VALUE);
    streamingModel(model).chat(QUESTION, pieces);
    return pieces.await();
  }

  @Override
  final List<List<Double>> embeddings(String model, List<String> texts) {
    List<TextSegment> segments = texts.stream().map(TextSegment::from).toList();
    return embeddingModel(model).embedAll(segments).content().stream()
        .map(Embedding::vectorAsList)
        .map(vector -> vector.stream().map(Float::doubleValue).toList())
        .toList();
  }

  @Override
  final ToolTalk toolTalk(String model) {
    JsonObjectSchema parameters = JsonObjectSchema.builder().addStringProperty("tz").build();
    ToolSpecification tool = ToolSpecification.builder().name(TOOL).parameters(parameters).build();
    List<ChatMessage> talk = new ArrayList<>(List.of(UserMessage.from(QUESTION)));
    AiMessage said = answer(model, talk, tool);
    ToolExecutionRequest call = said.toolExecutionRequests().getFirst();
    talk.add(said);
    talk.add(ToolExecutionResultMessage.from(call, TOOL_RESULT));
    return new ToolTalk(
        call.name(), Json.object(call.arguments()), answer(model, talk, tool).text());
  }

  private AiMessage answer(String model, List<ChatMessage> talk, ToolSpecification tool) {
    ChatRequest ask = ChatRequest.builder().messages(talk).toolSpecifications(tool).build();
    return chatModel(model).chat(ask).aiMessage();
  }

  @Override
  final Missing missing(String model) {
    LangChain4jException error =
        catchThrowableOfType(LangChain4jException.class, () -> chat(model));
    return new Missing(error.getClass().getSimpleName(), error.getMessage());
  }

  @Override
  final void leavesAfterTheSecondPiece(String model) throws Exception {
    Pieces pieces = new Pieces(2);
    streamingModel(model).chat(QUESTION, pieces);
    pieces.await();
  }

  /// Listens to a stream, and cancels it after so many pieces.
  private static final class Pieces implements StreamingChatResponseHandler {
    private final int enough;
    private final List<String> heard = Collections.synchronizedList(new ArrayList<>());
    private final CompletableFuture<List<String>> over = new CompletableFuture<>();

    Pieces(int enough) {
      this.enough = enough;
    }

    List<String> await() throws Exception {
      return over.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    @Override
    public void onPartialResponse(PartialResponse piece, PartialResponseContext stream) {
      heard.add(piece.text());
      if (heard.size() == enough) {
        stream.streamingHandle().cancel();
        over.complete(heard);
      }
    }

    @Override
    public void onCompleteResponse(ChatResponse response) {
      over.complete(heard);
    }

    @Override
    public void onError(Throwable error) {
      over.completeExceptionally(error);
    }
  }
}
