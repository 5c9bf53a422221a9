package dev.corral.compat;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.ollama.OllamaChatModel;
import dev.langchain4j.model.ollama.OllamaEmbeddingModel;
import dev.langchain4j.model.ollama.OllamaModel;
import dev.langchain4j.model.ollama.OllamaModels;
import dev.langchain4j.model.ollama.OllamaStreamingChatModel;
import java.util.List;

/// LangChain4j by Ollama's API.
final class LangChain4jOllamaTest extends LangChain4j {
  @Override
  String chatPath() {
    return "/api/chat";
  }

  @Override
  List<String> models() {
    OllamaModels models = OllamaModels.builder().baseUrl(corralUrl()).build();
    return models.availableModels().content().stream().map(OllamaModel::getName).toList();
  }

  @Override
  ChatModel chatModel(String name) {
    return OllamaChatModel.builder().baseUrl(corralUrl()).modelName(name).build();
  }

  @Override
  StreamingChatModel streamingModel(String name) {
    return OllamaStreamingChatModel.builder().baseUrl(corralUrl()).modelName(name).build();
  }

  @Override
  EmbeddingModel embeddingModel(String name) {
    return OllamaEmbeddingModel.builder().baseUrl(corralUrl()).modelName(name).build();
  }
}
