package dev.corral.runner.engine;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// A listener that remembers.
class Heard implements Listener {

  /// Far longer than anything here takes, for a machine that is busy with something else.
  private static final int PATIENCE_SECONDS = 120;

  final List<Piece> pieces = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Object> last = new CompletableFuture<>();
  private final List<Object> ends = new CopyOnWriteArrayList<>();
  private final Consumer<Heard> atEachToken;

  Heard() {
    this(heard -> {});
  }

  /// @param atEachToken done on the engine's thread, between two steps
  Heard(Consumer<Heard> atEachToken) {
    this.atEachToken = atEachToken;
  }

  @Override
  public void onToken(Piece piece) {
    pieces.add(piece);
    atEachToken.accept(this);
  }

  @Override
  public void onEnd(Ended ended) {
    over(ended);
  }

  @Override
  public void onEmbeddings(Embedded embedded) {
    over(embedded);
  }

  @Override
  public void onFailure(TaskFailed failed) {
    over(failed);
  }

  private void over(Object end) {
    ends.add(end);
    last.complete(end);
  }

  /// How often it was told an end; more than once is a mistake.
  int ends() {
    return ends.size();
  }

  /// Waits for the end, whatever it is.
  void await() {
    end();
  }

  Ended ended() {
    return (Ended) end();
  }

  Embedded embedded() {
    return (Embedded) end();
  }

  TaskFailed failed() {
    return (TaskFailed) end();
  }

  /// The whole answer.
  String text() {
    var tail = ended().tail();
    return heardSoFar() + tail;
  }

  String heardSoFar() {
    var text = new StringBuilder();
    pieces.forEach(piece -> text.append(piece.text()));
    return text.toString();
  }

  private Object end() {
    try {
      return last.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError("the task did not end; heard so far: " + heardSoFar(), e);
    }
  }
}
