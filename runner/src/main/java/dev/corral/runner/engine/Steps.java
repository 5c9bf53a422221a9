package dev.corral.runner.engine;

import dev.corral.runner.llama.Context;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Gives jobs slots and computes step after step: a token for every answer that is being written,
/// and as much of the waiting prompts as the time for a step allows. Everything here runs on the
/// engine's thread, but for the question whether to stop in the middle of a step.
final class Steps {

  /// What of a job is in the batch: its tokens from its cache's end on, and the index of the last
  /// one.
  private record Fed(Slot slot, Job job, int count, int last) {}

  private final Loaded loaded;
  private final Context context;
  private final List<Slot> slots;
  private final Waiting waiting = new Waiting();
  private final Cells cells;
  private final Answers answers;
  private final Embedding embedding;
  private final Pace pace = new Pace();
  private final List<Fed> fed = new ArrayList<>();

  /// Whom the step that is being computed serves; nobody between two steps.
  private volatile List<Job> served = List.of();

  private long admissions;

  /// The most tokens of the next step, after one that found no room; 0: no such limit.
  private int squeezed;

  Steps(Loaded loaded, EngineSettings settings) {
    this.loaded = loaded;
    this.context = loaded.context();
    this.slots = IntStream.range(0, settings.slots()).mapToObj(Slot::new).toList();
    this.cells = new Cells(context, slots, settings.unified(), loaded.model().window());
    this.answers = new Answers(loaded, cells);
    this.embedding = new Embedding(loaded, cells, settings.unified());
  }

  /// Whether the step that is being computed serves nobody any more. Asked from within it.
  boolean pointless() {
    var jobs = served;
    for (var job : jobs) {
      if (!job.cancelled()) {
        return false;
      }
    }
    return !jobs.isEmpty();
  }

  List<SlotState> slots() {
    return slots.stream().map(Slot::state).toList();
  }

  int waiting() {
    return waiting.size();
  }

  /// Nothing to compute.
  boolean idle() {
    return waiting.size() == 0 && slots.stream().allMatch(slot -> slot.job == null);
  }

  /// Takes a job, or tells at once why it is hopeless.
  void add(Job job) {
    var hopeless =
        switch (job) {
          case Generation generation -> answers.hopeless(generation);
          case EmbedInput input -> embedding.hopeless(input);
        };
    if (hopeless != null) {
      tell(job, () -> job.fail(hopeless));
    } else {
      waiting.add(job);
    }
  }

  /// Frees the slots of cancelled jobs and forgets those that wait.
  void dropCancelled() {
    for (var slot : slots) {
      var job = slot.job;
      if (job != null && job.cancelled()) {
        leave(slot);
        cancelled(job);
      }
    }
    waiting.takeIf(Job::cancelled).forEach(this::cancelled);
  }

  private void cancelled(Job job) {
    answers.close(job);
    tell(
        job,
        () -> job.fail(TaskFailed.of(TaskFailed.Kind.CANCELLED, "The request was cancelled.")));
  }

  /// Computes once for everybody who has a slot.
  void step() {
    generate();
    embed();
  }

  /// Gives slots to those who wait, as far as there is room.
  void admit() {
    for (var job = waiting.next(); job != null; job = waiting.next()) {
      var slot = choose(job);
      if (slot == null || !cells.makeRoom(job, slot)) {
        return;
      }
      begin(waiting.take(), slot);
    }
  }

  /// The idle slot that remembers enough of the prompt, else the one that was used longest ago.
  private @Nullable Slot choose(Job job) {
    var idle = slots.stream().filter(slot -> slot.job == null).toList();
    if (job instanceof Generation generation) {
      var best = idle.stream().max(Comparator.comparingInt(slot -> slot.reusable(generation)));
      // llama-server's threshold: a tenth of the prompt is worth another slot's turn.
      if (best.isPresent() && best.get().reusable(generation) * 10 > generation.tokens.size()) {
        return best.get();
      }
    }
    return idle.stream()
        .min(
            Comparator.<Slot>comparingInt(slot -> slot.cache.size() == 0 ? 0 : 1)
                .thenComparingLong(slot -> slot.lastUsed))
        .orElse(null);
  }

  private void begin(Job job, Slot slot) {
    job.admitted = ++admissions;
    if (job.started == 0) {
      job.started = System.nanoTime();
    }
    var failed =
        switch (job) {
          case Generation generation -> answers.begin(generation, slot);
          case EmbedInput input -> {
            cells.keep(slot, 0);
            yield null;
          }
        };
    if (failed != null) {
      tell(job, () -> job.fail(failed));
      return;
    }
    slot.scope = job.scope;
    slot.job = job;
  }

  private void generate() {
    fed.clear();
    loaded.batch().clear();
    var busy =
        slots.stream()
            .filter(slot -> slot.job instanceof Generation)
            .sorted(Comparator.comparingLong(slot -> slot.job == null ? 0 : slot.job.admitted))
            .toList();
    busy.forEach(this::shiftIfFull);
    busy.stream().filter(slot -> slot.pending() == 1).forEach(slot -> feed(slot, 1));
    int answering = loaded.batch().size();
    long jobs = slots.stream().filter(slot -> slot.job != null).count();
    long budget = Pace.budget(answering, jobs + waiting.size());
    int prompts = pace.tokens(budget, loaded.batch().free());
    for (var slot : busy) {
      if (slot.pending() > 1) {
        prompts -= feed(slot, Math.min(slot.pending(), prompts));
      }
    }
    if (!fed.isEmpty()) {
      compute(loaded.batch().size() - answering);
    }
  }

  private void shiftIfFull(Slot slot) {
    if (slot.job instanceof Generation generation && generation.tokens.size() >= cells.limit()) {
      if (!answers.shift(slot, generation)) {
        end(slot, generation, Ended.Reason.LIMIT);
      }
    }
  }

  /// @return how many tokens went into the batch
  private int feed(Slot slot, int wanted) {
    var batch = loaded.batch();
    int room = squeezed == 0 ? batch.free() : Math.min(batch.free(), squeezed - batch.size());
    int count = Math.min(wanted, room);
    var job = slot.job;
    if (job == null || count <= 0) {
      return 0;
    }
    int from = slot.cache.size();
    int last = -1;
    for (int at = from; at < from + count; at++) {
      boolean output = at == job.tokens.size() - 1;
      last = batch.add(job.tokens.get(at), at, slot.id, output);
    }
    fed.add(new Fed(slot, job, count, last));
    return count;
  }

  private void compute(int ofPrompts) {
    served = fed.stream().map(Fed::job).toList();
    long begun = System.nanoTime();
    var how = context.decode(loaded.batch());
    if (how == Context.Step.DONE) {
      context.synchronize();
    }
    served = List.of();
    switch (how) {
      case DONE -> {
        pace.took(ofPrompts, System.nanoTime() - begun);
        squeezed = 0;
        fed.forEach(this::computed);
      }
      case FULL -> full();
      case ABORTED -> fed.forEach(one -> cells.forget(one.slot));
      case BROKEN -> broken();
    }
  }

  private void computed(Fed one) {
    var job = one.job;
    for (int i = 0; i < one.count; i++) {
      one.slot.cache.add(job.tokens.get(one.slot.cache.size()));
    }
    if (one.slot.pending() == 0 && job instanceof Generation generation) {
      var reason = new Ended.@Nullable Reason[1];
      tell(job, () -> reason[0] = answers.draw(generation, one.last));
      if (reason[0] != null) {
        end(one.slot, generation, reason[0]);
      }
    }
  }

  private void end(Slot slot, Generation generation, Ended.Reason reason) {
    leave(slot);
    answers.close(generation);
    tell(generation, () -> generation.end(reason, slot.cache.size()));
  }

  private void leave(Slot slot) {
    slot.job = null;
    slot.lastUsed = ++admissions;
  }

  /// The memory has no room for the batch. What idle slots remember goes first; then the youngest
  /// job is put off, to be computed again later; a job that is alone gets smaller steps.
  private void full() {
    if (cells.forgetOldest()) {
      return;
    }
    var busy = slots.stream().filter(slot -> slot.job instanceof Generation).toList();
    if (busy.size() > 1) {
      var youngest =
          busy.stream()
              .max(Comparator.comparingLong(slot -> slot.job == null ? 0 : slot.job.admitted))
              .orElseThrow();
      var job = youngest.job;
      cells.forget(youngest);
      leave(youngest);
      if (job != null) {
        waiting.putOff(job);
      }
    } else if (loaded.batch().size() > 1) {
      squeezed = loaded.batch().size() / 2;
    } else {
      broken();
    }
  }

  private void broken() {
    for (var one : fed) {
      cells.forget(one.slot);
      leave(one.slot);
      answers.close(one.job);
      tell(
          one.job,
          () ->
              one.job.fail(
                  TaskFailed.of(
                      TaskFailed.Kind.BROKEN, "The engine failed while it computed the answer.")));
    }
  }

  private void embed() {
    for (var slot : embedding.step(slots)) {
      var job = slot.job;
      leave(slot);
      if (job instanceof EmbedInput input) {
        tell(input, () -> embedding.end(input));
      }
    }
  }

  /// A listener that throws gives up its own task.
  private static void tell(Job job, Runnable news) {
    try {
      news.run();
    } catch (RuntimeException e) {
      System.err.println("a listener failed: " + e);
      job.cancel();
    }
  }

  /// Fails all that is there: the engine ends.
  void close() {
    var jobs = new ArrayList<Job>();
    for (var slot : slots) {
      if (slot.job != null) {
        jobs.add(slot.job);
      }
    }
    jobs.addAll(waiting.takeIf(job -> true));
    for (var job : jobs) {
      answers.close(job);
      tell(job, () -> job.fail(TaskFailed.of(TaskFailed.Kind.CLOSED, "The model was unloaded.")));
    }
  }
}
