package dev.corral.runner.engine;

import dev.corral.runner.llama.NativesUnusable;
import dev.corral.runner.llama.Vocabulary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.DoubleConsumer;
import java.util.function.Function;

/// A loaded model that answers. Safe for any number of threads.
public final class Engine implements AutoCloseable {

  private final Loop loop;
  private final Facts facts;
  private final Vocabulary vocabulary;

  /// Readers ask the vocabulary, which dies with the model; the writer closes.
  private final ReentrantReadWriteLock life = new ReentrantReadWriteLock();

  private boolean closed;

  private Engine(Loop loop, Loop.Ready ready) {
    this.loop = loop;
    this.facts = ready.facts();
    this.vocabulary = ready.vocabulary();
  }

  /// Loads a model; takes as long as reading its file does.
  ///
  /// @param progress told the share that is loaded, 0 to 1, on a thread of the engine's
  /// @throws ModelRefused the file is damaged, of an unknown architecture, or too large
  /// @throws NativesUnusable llama.cpp's libraries are missing or not the ones this engine fits
  public static Engine load(EngineSettings settings, DoubleConsumer progress)
      throws ModelRefused, NativesUnusable {
    return begin(settings, progress).await();
  }

  /// Loads a model on a thread of the engine's, so that the caller can do something else until it
  /// asks for the engine.
  public static Loading begin(EngineSettings settings, DoubleConsumer progress) {
    var loop = new Loop(settings, progress);
    loop.begin();
    return new Loading(loop);
  }

  /// A model that is being loaded.
  public static final class Loading {
    private final Loop loop;

    private Loading(Loop loop) {
      this.loop = loop;
    }

    /// As [#load(EngineSettings, DoubleConsumer)]; to be asked once.
    public Engine await() throws ModelRefused, NativesUnusable {
      return new Engine(loop, loop.awaitReady());
    }
  }

  public Facts facts() {
    return facts;
  }

  /// The tokens of a text.
  ///
  /// @param addSpecial put the model's own tokens around it (`bos`, `eos`, `sep`)
  /// @param parseSpecial read control tokens that are written out in the text as such
  /// @throws IllegalArgumentException the text is longer than llama.cpp can count
  public List<Integer> tokenize(String text, boolean addSpecial, boolean parseSpecial) {
    return alive(
        words -> Arrays.stream(words.tokenize(text, addSpecial, parseSpecial)).boxed().toList());
  }

  /// The bytes of each token, control tokens written out. One token need not be whole characters.
  ///
  /// @throws IllegalArgumentException the vocabulary lacks one of them
  public List<byte[]> pieces(List<Integer> ids) {
    return alive(words -> {
      var pieces = new ArrayList<byte[]>(ids.size());
      for (int id : ids) {
        if (id < 0 || id >= words.size()) {
          throw new IllegalArgumentException(
              "There is no token " + id + "; the last one is " + (words.size() - 1) + ".");
        }
        pieces.add(words.piece(id, true));
      }
      return pieces;
    });
  }

  /// The control tokens by their texts, such as `<|im_end|>`: what a template may write and a user
  /// may not.
  public Map<String, Integer> controlTokens() {
    return alive(words -> {
      var control = new HashMap<String, Integer>();
      for (int id = 0; id < words.size(); id++) {
        if (words.isControl(id)) {
          control.put(words.text(id), id);
        }
      }
      return control;
    });
  }

  private <T> T alive(Function<Vocabulary, T> question) {
    life.readLock().lock();
    try {
      if (closed) {
        throw new IllegalStateException("the engine is closed");
      }
      return question.apply(vocabulary);
    } finally {
      life.readLock().unlock();
    }
  }

  /// Hands in a task. Never blocks and never throws: whatever is wrong with the task is told to the
  /// listener.
  public Ticket submit(Task task, Listener listener) {
    return loop.submit(task, listener);
  }

  /// All slots, as of the end of the last step.
  public List<SlotState> slots() {
    return loop.slots();
  }

  /// Tasks that wait for a slot.
  public int waiting() {
    return loop.waiting();
  }

  /// Whether tasks are still answered: not when it was closed, and not when its thread died of a
  /// mistake, after which only a new process helps.
  public boolean alive() {
    return loop.alive();
  }

  /// Stops at once, in the middle of a step where the back end can, fails all tasks and frees all
  /// memory. Not for a listener to call.
  @Override
  public void close() {
    life.writeLock().lock();
    try {
      closed = true;
      loop.close();
    } finally {
      life.writeLock().unlock();
    }
  }
}
