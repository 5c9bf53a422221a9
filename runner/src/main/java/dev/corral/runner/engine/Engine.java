package dev.corral.runner.engine;

import java.util.List;
import java.util.function.DoubleConsumer;

/// A loaded model that answers. Safe for any number of threads.
@SuppressWarnings("DoNotCallSuggester")
public final class Engine implements AutoCloseable {

  private Engine() {}

  /// Loads a model; takes as long as reading its file does.
  ///
  /// @param progress told the share that is loaded, 0 to 1, on the loading thread
  /// @throws ModelRefused the file is damaged, of an unknown architecture, or too large
  /// @throws NativesUnusable llama.cpp's libraries are missing or not the ones this engine fits
  public static Engine load(EngineSettings settings, DoubleConsumer progress)
      throws ModelRefused, NativesUnusable {
    throw new NativesUnusable("The engine cannot load a model yet.");
  }

  public Facts facts() {
    throw new IllegalStateException();
  }

  /// The tokens of a text.
  ///
  /// @param addSpecial put the model's own tokens around it (`bos`, `eos`, `sep`)
  /// @param parseSpecial read control tokens that are written out in the text as such
  public List<Integer> tokenize(String text, boolean addSpecial, boolean parseSpecial) {
    throw new IllegalStateException();
  }

  /// The bytes of each token, control tokens written out. One token need not be whole characters.
  ///
  /// @throws IllegalArgumentException the vocabulary lacks one of them
  public List<byte[]> pieces(List<Integer> ids) {
    throw new IllegalStateException();
  }

  /// Hands in a task. Never blocks and never throws: whatever is wrong with the task is told to the
  /// listener.
  public Ticket submit(Task task, Listener listener) {
    throw new IllegalStateException();
  }

  /// All slots, as of the end of the last step.
  public List<SlotState> slots() {
    throw new IllegalStateException();
  }

  /// Tasks that wait for a slot.
  public int waiting() {
    throw new IllegalStateException();
  }

  /// Stops at once, in the middle of a step where the back end can, fails all tasks and frees all
  /// memory.
  @Override
  public void close() {}
}
