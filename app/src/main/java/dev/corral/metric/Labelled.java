package dev.corral.metric;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/// Counters by label, for so many labels and no more: what comes later is counted as `other`, so
/// that no caller can fill the memory of whoever reads the metrics.
final class Labelled<T> {
  private static final String OTHER = "other";

  private final Map<String, T> byLabel = new ConcurrentHashMap<>();
  private final Supplier<T> fresh;
  private final int most;
  private final T other;

  Labelled(int most, Supplier<T> fresh) {
    this.most = most;
    this.fresh = fresh;
    this.other = fresh.get();
    byLabel.put(OTHER, other);
  }

  /// @param worthy false where the label may not become a new one
  T find(String label, boolean worthy) {
    T known = byLabel.get(label);
    if (known != null) {
      return known;
    }
    return worthy ? admit(label) : other;
  }

  private synchronized T admit(String label) {
    return byLabel.size() <= most ? byLabel.computeIfAbsent(label, _ -> fresh.get()) : other;
  }

  /// All labels in order, `other` last.
  void each(BiConsumer<String, T> reader) {
    Map<String, T> sorted = new TreeMap<>(byLabel);
    sorted.remove(OTHER);
    sorted.forEach(reader);
    reader.accept(OTHER, other);
  }
}
