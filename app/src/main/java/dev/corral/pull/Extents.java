package dev.corral.pull;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/// A set of ranges of bytes, `[from, to)`, kept joined. For one thread at a time.
final class Extents {
  private final TreeMap<Long, Long> ranges = new TreeMap<>();

  /// @param to behind the last byte
  record Range(long from, long to) {
    long length() {
      return to - from;
    }
  }

  void add(long from, long to) {
    if (from >= to) {
      return;
    }
    long first = from;
    long end = to;
    Map.Entry<Long, Long> before = ranges.floorEntry(from);
    if (before != null && before.getValue() >= from) {
      first = before.getKey();
      end = Math.max(end, before.getValue());
    }
    Map.Entry<Long, Long> next = ranges.ceilingEntry(first);
    while (next != null && next.getKey() <= end) {
      end = Math.max(end, next.getValue());
      ranges.remove(next.getKey());
      next = ranges.ceilingEntry(first);
    }
    ranges.put(first, end);
  }

  void remove(long from, long to) {
    Map.Entry<Long, Long> one = ranges.lowerEntry(to);
    while (one != null && one.getValue() > from) {
      ranges.remove(one.getKey());
      if (one.getKey() < from) {
        ranges.put(one.getKey(), from);
      }
      if (one.getValue() > to) {
        ranges.put(to, one.getValue());
      }
      one = ranges.lowerEntry(Math.min(to, one.getKey()));
    }
  }

  void removeAll(Extents others) {
    others.each(this::remove);
  }

  /// Hands each range over, in order.
  void each(BiConsumer<Long, Long> range) {
    ranges.forEach(range);
  }

  /// Each of them, in order.
  List<Range> ranges() {
    return ranges.entrySet().stream().map(one -> new Range(one.getKey(), one.getValue())).toList();
  }

  boolean isEmpty() {
    return ranges.isEmpty();
  }

  long length() {
    return ranges.entrySet().stream().mapToLong(one -> one.getValue() - one.getKey()).sum();
  }

  /// How far it reaches from 0 without a hole.
  long prefix() {
    Long end = ranges.get(0L);
    return end == null ? 0 : end;
  }

  /// The first hole at or behind `from` and below `size`.
  Optional<Range> gap(long from, long size) {
    Map.Entry<Long, Long> around = ranges.floorEntry(from);
    long start = around != null && around.getValue() > from ? around.getValue() : from;
    if (start >= size) {
      return Optional.empty();
    }
    Long end = ranges.higherKey(start);
    return Optional.of(new Range(start, end == null ? size : Math.min(end, size)));
  }

  Extents copy() {
    Extents copy = new Extents();
    copy.ranges.putAll(ranges);
    return copy;
  }

  /// `0-10 20-30`, as a note keeps it.
  @Override
  public String toString() {
    return ranges.entrySet().stream()
        .map(one -> one.getKey() + "-" + one.getValue())
        .collect(Collectors.joining(" "));
  }

  /// Reads what [#toString()] wrote, as far as it lies below `limit`.
  static Extents parse(String text, long limit) {
    Extents extents = new Extents();
    for (String word : text.split(" ", -1)) {
      if (!word.matches("\\d{1,18}-\\d{1,18}")) {
        return new Extents();
      }
      String[] ends = word.split("-", 2);
      extents.add(Long.parseLong(ends[0]), Math.min(limit, Long.parseLong(ends[1])));
    }
    return extents;
  }
}
