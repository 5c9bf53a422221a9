package dev.corral.fit;

import dev.corral.gguf.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/// Comma lists of settings, as the command line takes them, and all their combinations.
///
/// @param context `2048,8192`; empty for the usual one
/// @param parallel `1,4`
/// @param kv `f16,q8_0/f16`: keys and values apart with a slash
/// @param ubatch `512,2048`
/// @param flashAttention `on,off,auto`
/// @param placement `gpu,blocks=12`
/// @param unified slots share one cache
public record FitGrid(
    String context,
    String parallel,
    String kv,
    String ubatch,
    String flashAttention,
    String placement,
    boolean unified) {

  /// More lines than this nobody reads, and somebody could ask a server for a billion.
  private static final int MOST = 10_000;

  private record Cache(TensorType keys, TensorType values) {}

  /// Every combination, the last list running fastest.
  ///
  /// @param usualContext where none is named
  /// @throws IllegalArgumentException where an entry is not understood, or there are too many
  public List<FitSettings> expand(long usualContext) {
    List<Long> contexts =
        context.isBlank() ? List.of(usualContext) : each(context, text -> number("context", text));
    List<Long> slots = each(parallel, text -> number("parallel", text));
    List<Cache> caches = each(kv, FitGrid::cache);
    List<Long> steps = each(ubatch, text -> number("ubatch", text));
    List<FitSettings.FlashAttention> attention =
        each(flashAttention, FitSettings.FlashAttention::parse);
    List<Placement> placements = each(placement, Placement::parse);
    long count =
        (long) contexts.size() * slots.size() * caches.size() * steps.size() * attention.size();
    if (count > MOST || count * placements.size() > MOST) {
      throw new IllegalArgumentException("More than " + MOST + " combinations; ask for fewer.");
    }
    List<FitSettings> all = new ArrayList<>();
    for (Placement place : placements) {
      for (long tokens : contexts) {
        for (long slot : slots) {
          for (Cache cache : caches) {
            for (long step : steps) {
              for (FitSettings.FlashAttention flash : attention) {
                all.add(
                    new FitSettings(
                        tokens,
                        Math.toIntExact(slot),
                        unified,
                        flash,
                        cache.keys(),
                        cache.values(),
                        step,
                        false,
                        false,
                        false,
                        place));
              }
            }
          }
        }
      }
    }
    return all;
  }

  private static <T> List<T> each(String list, Function<String, T> reader) {
    return Arrays.stream(list.split(",", -1)).map(String::strip).map(reader).toList();
  }

  private static long number(String name, String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "'" + text + "' is no number for " + name + "; write for example 8192 or 2048,8192", e);
    }
  }

  private static Cache cache(String text) {
    String[] parts = text.split("/", 2);
    TensorType keys = FitSettings.cacheType(parts[0]);
    return new Cache(keys, parts.length == 1 ? keys : FitSettings.cacheType(parts[1]));
  }
}
