package dev.corral.node;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.corral.dialect.Fields;
import dev.corral.model.ModelName;
import dev.corral.model.PastedName;
import dev.corral.pull.Pull;
import dev.corral.pull.PullState;
import dev.corral.pull.Pulls;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/// `/api/pull`: asks for a job, and tells how it goes in Ollama's events. The job belongs to the
/// server: a caller who leaves does not stop it. `?on=NODE` has it fetched to that node instead of
/// our own store.
///
/// Order and shapes of the events: reference/ollama.md section 3, recordings `pull-*`.
public final class Pulling {
  /// How soon it is noticed that a caller without a stream has left.
  private static final Duration LOOK = Duration.ofSeconds(1);

  private static final String CLOUD = "ollama cloud is disabled: remote model is unavailable";

  private static final String ON = "?on=";

  private final Pulls pulls;

  public Pulling(Pulls pulls) {
    this.pulls = pulls;
  }

  public List<Route> routes() {
    return List.of(new Route("POST", "/api/pull", this::pull));
  }

  private void pull(Turn turn) throws IOException {
    Fields ask = turn.fields("PullRequest");
    String text = ask.text("model").isEmpty() ? ask.text("name") : ask.text("model");
    boolean stream = !Boolean.FALSE.equals(ask.maybeFlag("stream"));
    ModelName name =
        switch (PastedName.read(text)) {
          case PastedName.Meant meant -> meant.name();
          case PastedName.Wrong _ -> throw new Refused(400, "invalid model name");
        };
    if (name.cloud()) {
      throw new Refused(403, CLOUD);
    }
    String path = turn.asked().path();
    int on = path.indexOf(ON);
    String target = on < 0 ? Pulls.OWN : path.substring(on + ON.length());
    if (stream) {
      Frames frames = turn.frames();
      frames.send(status("pulling manifest"));
      follow(pulls.ask(name, target, "/api/pull"), new Tale(frames), new AtomicBoolean());
      frames.end();
    } else {
      AtomicBoolean left = new AtomicBoolean();
      turn.onCancel(() -> left.set(true));
      follow(pulls.ask(name, target, "/api/pull"), new Tale(), left);
      turn.json(200, status("success"));
    }
  }

  /// Until the job ends, or the caller has left.
  ///
  /// @throws Refused where the job ends otherwise than well
  private void follow(Pull job, Tale tale, AtomicBoolean left) {
    Pull now = job;
    tale.tell(now);
    while (!now.state().ended() && !left.get()) {
      Optional<Pull> next = pulls.awaitChange(now.id(), now, LOOK);
      now = next.orElseThrow(() -> new Refused(500, "the pull is not known any more"));
      tale.tell(now);
      refuse(now);
    }
  }

  private static void refuse(Pull pull) {
    switch (pull.state()) {
      case FAILED -> throw new Refused(500, words(pull));
      case CANCELLED -> throw new Refused(500, "the pull was cancelled");
      case PAUSED ->
          throw new Refused(
              500,
              pull.problem().text().isEmpty()
                  ? "the pull is paused; go on with: corral pull " + pull.model().shortName()
                  : pull.problem().sentence());
      case WAITING_FOR_APPROVAL ->
          throw new Refused(403, "the pull waits until somebody who may approves it");
      case QUEUED, RESOLVING, PULLING, STALLED, VERIFYING, PUBLISHING, DONE -> {}
    }
  }

  /// Ollama's own words where it has some, with its prefix for what happens before the first blob.
  private static String words(Pull pull) {
    String prefix = pull.blobs().isEmpty() ? "pull model manifest: " : "";
    return prefix
        + (pull.problem().cause() == Pull.Cause.MISSING
            ? "file does not exist"
            : pull.problem().sentence());
  }

  private static ObjectNode status(String text) {
    return JsonNodeFactory.instance.objectNode().put("status", text);
  }

  /// What has been told so far. For one caller.
  private static final class Tale {
    private final Optional<Frames> frames;
    private int blob;
    private long told = -1;
    private final Set<String> steps = new HashSet<>();

    /// Tells nothing.
    Tale() {
      this.frames = Optional.empty();
    }

    Tale(Frames frames) {
      this.frames = Optional.of(frames);
    }

    void tell(Pull pull) {
      if (frames.isEmpty()) {
        return;
      }
      boolean done = pull.state() == PullState.DONE;
      boolean whole = done || pull.state() == PullState.PUBLISHING;
      boolean there = whole || pull.state() == PullState.VERIFYING;
      blobs(pull.blobs(), there);
      if (there) {
        once("verifying sha256 digest");
      }
      if (whole) {
        once("writing manifest");
      }
      if (done) {
        once("success");
      }
    }

    private void once(String step) {
      if (steps.add(step)) {
        send(status(step));
      }
    }

    /// One blob after the other, each to its end.
    private void blobs(List<Pull.Blob> blobs, boolean all) {
      while (blob < blobs.size()) {
        Pull.Blob one = blobs.get(blob);
        long completed = all ? one.total() : one.done();
        if (completed > told || told < 0) {
          told = completed;
          send(progress(one, completed));
        }
        if (completed < one.total()) {
          return;
        }
        blob++;
        told = -1;
      }
    }

    private void send(ObjectNode frame) {
      frames.ifPresent(open -> open.send(frame));
    }

    private static ObjectNode progress(Pull.Blob blob, long completed) {
      ObjectNode frame = status("pulling " + blob.digest().brief());
      frame.put("digest", blob.digest().toString()).put("total", blob.total());
      return completed == 0 ? frame : frame.put("completed", completed);
    }
  }
}
