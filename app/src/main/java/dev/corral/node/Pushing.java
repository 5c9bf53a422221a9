package dev.corral.node;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.corral.blobs.Store;
import dev.corral.blobs.StoreFailure;
import dev.corral.blobs.StoredModel;
import dev.corral.dialect.Fields;
import dev.corral.model.Layer;
import dev.corral.model.ModelName;
import dev.corral.outbound.Leash;
import dev.corral.pull.Pulls;
import dev.corral.registry.Pushed;
import dev.corral.registry.Remote;
import dev.corral.registry.Trouble;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// `/api/push`: sends a model of the store to the registry that its name means. It is the caller's
/// own: who leaves ends it; what the registry has by then need not be sent again.
public final class Pushing {
  /// Ollama tells progress about as often.
  private static final long EVERY = Duration.ofMillis(100).toNanos();

  private final Store store;
  private final Pulls registries;

  /// @param registries knows which registries may be asked
  public Pushing(Store store, Pulls registries) {
    this.store = store;
    this.registries = registries;
  }

  public List<Route> routes() {
    return List.of(new Route("POST", "/api/push", this::push));
  }

  private void push(Turn turn) throws IOException {
    Fields ask = turn.fields("PushRequest");
    String asked = StoreWords.asked(ask);
    if (asked.isEmpty()) {
      throw new Refused(400, "model is required");
    }
    ModelName name = StoreWords.require(asked);
    boolean stream = !Boolean.FALSE.equals(ask.maybeFlag("stream"));
    Leash leash = new Leash();
    turn.onCancel(leash::cut);
    Optional<Frames> frames = stream ? Optional.of(turn.frames()) : Optional.empty();
    StoredModel model = found(name, frames);
    new Errand(registries.open(name, leash), frames).run(model, manifest(model));
    if (frames.isPresent()) {
      frames.get().end();
    } else {
      turn.json(200, status("success"));
    }
  }

  private StoredModel found(ModelName name, Optional<Frames> frames) {
    frames.ifPresent(open -> open.send(status("retrieving manifest")));
    try {
      StoredModel model =
          store
              .find(name)
              .orElseThrow(() -> new Refused(404, "model '" + name.shortName() + "' not found"));
      if (!model.whole()) {
        throw new Refused(
            500,
            "a part of '"
                + name.shortName()
                + "' is missing; fetch it again with: corral pull "
                + name.shortName());
      }
      return model;
    } catch (StoreFailure e) {
      throw StoreWords.refused(e);
    }
  }

  private byte[] manifest(StoredModel model) {
    try {
      return store
          .manifest(model.name())
          .orElseThrow(() -> new Refused(404, "model '" + model.name() + "' not found"));
    } catch (StoreFailure e) {
      throw StoreWords.refused(e);
    }
  }

  private static ObjectNode status(String text) {
    return JsonNodeFactory.instance.objectNode().put("status", text);
  }

  /// One push, told to one caller.
  private static final class Errand {
    private final Remote remote;
    private final Optional<Frames> frames;
    private long toldAt;

    Errand(Remote remote, Optional<Frames> frames) {
      this.remote = remote;
      this.frames = frames;
    }

    void run(StoredModel model, byte[] manifest) throws IOException {
      for (Layer layer : model.manifest().blobs()) {
        Path file = model.files().get(layer.digest());
        if (file != null) {
          send(layer, file);
        }
      }
      frames.ifPresent(open -> open.send(status("pushing manifest")));
      require(remote.publish(manifest));
      frames.ifPresent(open -> open.send(status("success")));
    }

    private void send(Layer layer, Path file) throws IOException {
      boolean there = require(remote.has(layer.digest())) instanceof Pushed.There;
      tell(layer, there ? layer.size() : 0);
      if (!there) {
        try (FileChannel channel = FileChannel.open(file)) {
          Pushed _ =
              require(
                  remote.send(
                      layer.digest(), channel, layer.size(), sent -> progress(layer, sent)));
        }
        tell(layer, layer.size());
      }
    }

    private void progress(Layer layer, long sent) {
      if (System.nanoTime() - toldAt > EVERY) {
        tell(layer, sent);
      }
    }

    private void tell(Layer layer, long completed) {
      toldAt = System.nanoTime();
      ObjectNode frame = status("pushing " + layer.digest().brief());
      frame.put("digest", layer.digest().toString()).put("total", layer.size());
      frames.ifPresent(
          open -> open.send(completed == 0 ? frame : frame.put("completed", completed)));
    }

    private static Pushed require(Pushed pushed) {
      if (pushed instanceof Trouble trouble) {
        throw new Refused(500, trouble.sentence());
      }
      return pushed;
    }
  }
}
