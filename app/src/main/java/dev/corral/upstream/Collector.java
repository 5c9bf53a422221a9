package dev.corral.upstream;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/// Gathers a small answer. A backend that sends more than was asked for is cut off.
final class Collector implements UpstreamCall.Listener {
  private final CompletableFuture<Answer> answer;
  private final int maxBytes;
  private final Buffer body = Buffer.buffer();
  private final Map<String, String> headers = new HashMap<>();
  private int status;

  Collector(CompletableFuture<Answer> answer, int maxBytes) {
    this.answer = answer;
    this.maxBytes = maxBytes;
  }

  @Override
  public void onHead(int status, MultiMap headers) {
    this.status = status;
    headers.forEach((name, value) -> this.headers.put(name.toLowerCase(Locale.ROOT), value));
  }

  @Override
  public void onChunk(Buffer chunk) {
    if (body.length() + chunk.length() > maxBytes) {
      answer.complete(
          new Answer.Failed(
              new Failure.Cut("its answer is larger than " + (maxBytes >> 10) + " KiB")));
      return;
    }
    body.appendBuffer(chunk);
  }

  @Override
  public void onEnd() {
    answer.complete(
        new Answer.Told(status, Map.copyOf(headers), body.toString(StandardCharsets.UTF_8)));
  }

  @Override
  public void onFailure(Failure failure) {
    answer.complete(new Answer.Failed(failure));
  }

  @Override
  public void onMistake(Throwable mistake) {
    answer.complete(new Answer.Failed(new Failure.Cut("it could not be read: " + mistake)));
  }
}
