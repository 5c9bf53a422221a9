package dev.corral.compat;

import dev.langchain4j.model.catalog.ModelDescription;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiEmbeddingModel;
import dev.langchain4j.model.openai.OpenAiModelCatalog;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import java.util.List;

/// LangChain4j by OpenAI's API.
final class LangChain4jOpenAiTest extends LangChain4j {
  private static final String KEY = "none";

  private String base() {
    return corralUrl() + "/v1";
  }

  @Override
  String chatPath() {
    return "/v1/chat/completions";
  }

  @Override
  List<String> models() {
    OpenAiModelCatalog catalog = OpenAiModelCatalog.builder().baseUrl(base()).apiKey(KEY).build();
    return catalog.listModels().stream().map(ModelDescription::name).toList();
  }

  @Override
  ChatModel chatModel(String name) {
    return OpenAiChatModel.builder().baseUrl(base()).apiKey(KEY).modelName(name).build();
  }

  @Override
  StreamingChatModel streamingModel(String name) {
    return OpenAiStreamingChatModel.builder().baseUrl(base()).apiKey(KEY).modelName(name).build();
  }

  @Override
  EmbeddingModel embeddingModel(String name) {
    return OpenAiEmbeddingModel.builder().baseUrl(base()).apiKey(KEY).modelName(name).build();
  }
}
