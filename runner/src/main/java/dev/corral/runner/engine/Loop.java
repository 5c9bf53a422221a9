package dev.corral.runner.engine;

import dev.corral.runner.llama.NativesUnusable;
import dev.corral.runner.llama.Vocabulary;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;

/// The one platform thread that owns the model: takes commands, and between them computes step
/// after step. It alone touches what llama.cpp allocated.
final class Loop {

  /// What others want of the thread.
  private sealed interface Command {

    /// Jobs of one task, in the order in which they shall begin.
    record Submit(List<Job> jobs) implements Command {}

    /// Somebody cancelled: look.
    record Look() implements Command {}

    record Close() implements Command {}
  }

  /// What is known once the model is loaded.
  record Ready(Facts facts, Vocabulary vocabulary) {}

  private final EngineSettings settings;
  private final DoubleConsumer progress;
  private final BlockingQueue<Command> commands = new LinkedBlockingQueue<>();
  private volatile boolean closing;
  private volatile @Nullable Steps current;
  private final CompletableFuture<Ready> ready = new CompletableFuture<>();
  private final Thread thread;
  private volatile boolean over;
  private volatile List<SlotState> slots = List.of();
  private volatile int waiting;

  Loop(EngineSettings settings, DoubleConsumer progress) {
    this.settings = settings;
    this.progress = progress;
    this.thread = Thread.ofPlatform().name("engine").daemon().unstarted(this::run);
  }

  /// Starts the thread, which loads the model first.
  void begin() {
    thread.start();
  }

  /// Waits until the model is loaded.
  Ready awaitReady() throws ModelRefused, NativesUnusable {
    try {
      return ready.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case ModelRefused refused -> throw refused;
        case NativesUnusable unusable -> throw unusable;
        case null, default -> throw new IllegalStateException("the model could not be loaded", e);
      }
    } catch (InterruptedException e) {
      close();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a model was loading", e);
    }
  }

  Ticket submit(Task task, Listener listener) {
    if (task instanceof Task.Embed embed && embed.inputs().isEmpty()) {
      listener.onEmbeddings(new Embedded(List.of(), 0, 0));
      return () -> {};
    }
    var jobs =
        switch (task) {
          case Task.Generate generate -> List.<Job>of(new Generation(generate, listener));
          case Task.Embed embed -> inputs(embed, listener);
        };
    var command = new Command.Submit(jobs);
    commands.add(command);
    // The thread may have ended without seeing it.
    if (over && commands.remove(command)) {
      jobs.forEach(Loop::closed);
    }
    return () -> {
      jobs.forEach(Job::cancel);
      commands.add(new Command.Look());
    };
  }

  private static List<Job> inputs(Task.Embed embed, Listener listener) {
    var together = new EmbedInput.Together(listener, embed.inputs().size());
    var jobs = new ArrayList<Job>();
    for (int i = 0; i < embed.inputs().size(); i++) {
      jobs.add(new EmbedInput(embed.inputs().get(i), together, i));
    }
    return jobs;
  }

  List<SlotState> slots() {
    return slots;
  }

  int waiting() {
    return waiting;
  }

  boolean alive() {
    return !over;
  }

  void close() {
    closing = true;
    commands.add(new Command.Close());
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try (var loaded = Loaded.of(settings, progress, this::stop)) {
      var steps = new Steps(loaded, settings);
      current = steps;
      publish(steps);
      ready.complete(new Ready(loaded.facts(), loaded.model().vocabulary()));
      try {
        while (commands(steps)) {
          steps.admit();
          publish(steps);
          steps.step();
          publish(steps);
        }
      } finally {
        over = true;
        steps.close();
      }
    } catch (Throwable e) {
      if (!ready.completeExceptionally(e)) {
        // A mistake of this program: whoever started the process sees it in the log and in alive().
        e.printStackTrace();
      }
    } finally {
      over = true;
      drain();
    }
  }

  /// Asked by llama.cpp in the middle of a step: whether to stop it there.
  private boolean stop() {
    var steps = current;
    return closing || (steps != null && steps.pointless());
  }

  private void publish(Steps steps) {
    slots = steps.slots();
    waiting = steps.waiting();
  }

  /// Carries out all commands that are there, and waits for one while there is nothing to compute.
  /// False when it was told to close.
  private boolean commands(Steps steps) throws InterruptedException {
    var command = steps.idle() ? commands.take() : commands.poll();
    while (command != null) {
      switch (command) {
        case Command.Submit submit -> submit.jobs().forEach(steps::add);
        case Command.Look() -> {
          // It woke the thread, which looks after every step.
        }
        case Command.Close() -> {
          return false;
        }
      }
      command = commands.poll();
    }
    steps.dropCancelled();
    return true;
  }

  private void drain() {
    for (var command = commands.poll(); command != null; command = commands.poll()) {
      if (command instanceof Command.Submit submit) {
        submit.jobs().forEach(Loop::closed);
      }
    }
  }

  private static void closed(Job job) {
    job.fail(TaskFailed.of(TaskFailed.Kind.CLOSED, "The model was unloaded."));
  }
}
