package dev.corral.gateway;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.corral.fleet.Backend;
import dev.corral.upstream.Failure;
import dev.corral.upstream.Payload;
import dev.corral.upstream.UpstreamCall;
import dev.corral.wire.Via;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Asks several nodes the same at once and waits for all, but not for ever. A node that does not
/// answer in time is left out. Belongs to one event loop.
final class Gather {
  /// Listings take a millisecond even under load (reference/ollama-live.md item 39).
  private static final long PATIENCE_MILLIS = 3_000;

  private static final int MAX_BYTES = 16 << 20;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final System.Logger LOG = System.getLogger(Gather.class.getName());

  private final Gateway gateway;
  private final String path;
  private final List<Backend> nodes;
  private final @Nullable JsonNode[] told;
  private final List<UpstreamCall> calls = new ArrayList<>();
  private int open;
  private boolean over;

  Gather(Gateway gateway, String path, List<Backend> nodes) {
    this.gateway = gateway;
    this.path = path;
    this.nodes = nodes;
    this.told = new JsonNode[nodes.size()];
    this.open = nodes.size();
  }

  /// @param then given what was told, in the order of the nodes
  void begin(Consumer<List<JsonNode>> then) {
    if (nodes.isEmpty()) {
      then.accept(List.of());
      return;
    }
    long timer = gateway.vertx().setTimer(PATIENCE_MILLIS, _ -> end(then));
    for (int i = 0; i < nodes.size(); i++) {
      calls.add(
          gateway
              .upstream()
              .call(
                  nodes.get(i).target(),
                  "GET",
                  path,
                  to -> to.add(Via.HEADER, gateway.instance()),
                  new Payload.None(),
                  new One(i, () -> oneLess(timer, then))));
    }
  }

  private void oneLess(long timer, Consumer<List<JsonNode>> then) {
    open--;
    if (open == 0) {
      gateway.vertx().cancelTimer(timer);
      end(then);
    }
  }

  private void end(Consumer<List<JsonNode>> then) {
    if (over) {
      return;
    }
    over = true;
    calls.forEach(UpstreamCall::cancel);
    then.accept(Arrays.stream(told).filter(Objects::nonNull).map(Objects::requireNonNull).toList());
  }

  private final class One implements UpstreamCall.Listener {
    private final int index;
    private final Runnable done;
    private final Buffer body = Buffer.buffer();
    private int status;

    One(int index, Runnable done) {
      this.index = index;
      this.done = done;
    }

    @Override
    public void onHead(int status, MultiMap headers) {
      this.status = status;
    }

    @Override
    public void onChunk(Buffer chunk) {
      if (body.length() + chunk.length() <= MAX_BYTES) {
        body.appendBuffer(chunk);
      }
    }

    @Override
    public void onEnd() {
      if (status == 200) {
        try {
          told[index] = JSON.readTree(body.toString());
        } catch (JsonProcessingException e) {
          gateway.fleet().look(nodes.get(index).name());
        }
      }
      done.run();
    }

    @Override
    public void onFailure(Failure failure) {
      if (failure instanceof Failure.NotConnected not) {
        gateway.fleet().unreachable(nodes.get(index).name(), not.why());
      }
      done.run();
    }

    @Override
    public void onMistake(Throwable mistake) {
      LOG.log(System.Logger.Level.ERROR, "A listing could not be read", mistake);
      done.run();
    }
  }
}
