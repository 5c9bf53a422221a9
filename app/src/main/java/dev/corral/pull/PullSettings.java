package dev.corral.pull;

import dev.corral.model.Bytes;
import dev.corral.model.ModelName;
import dev.corral.outbound.Destinations;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The `pull:` of `corral.yaml`.
///
/// @param parallel jobs at once; the others wait
/// @param rate most bytes a second over all jobs, `20MB` or `20MB/s`; empty for no limit
/// @param hosts where a name may lead: `default`, `hf.co`, host names, `*.example.com`
/// @param registries origins that may be asked although they are plain http or private
/// @param window time of the day in which jobs work, `01:00-06:30`; empty for any
/// @param prefetch names of models that are fetched when nobody waits for another
/// @param atStart all that is configured and missing is fetched when Corral starts
public record PullSettings(
    int parallel,
    String rate,
    List<String> hosts,
    List<String> registries,
    String window,
    List<String> prefetch,
    boolean atStart) {
  public static PullSettings defaults() {
    return new PullSettings(
        2, "", List.of(Destinations.DEFAULT, Destinations.HUB), List.of(), "", List.of(), false);
  }

  public PullSettings {
    hosts = List.copyOf(hosts);
    registries = List.copyOf(registries);
    prefetch = List.copyOf(prefetch);
    if (parallel < 1) {
      throw new IllegalArgumentException("parallel must be at least 1, not " + parallel);
    }
    try {
      Destinations _ = Destinations.of(hosts, List.of());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("hosts: " + e.getMessage(), e);
    }
    try {
      Destinations _ = Destinations.of(List.of(), registries);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("registries: " + e.getMessage(), e);
    }
    if (bytesPerSecond(rate) < 0) {
      throw new IllegalArgumentException("rate must be above 0");
    }
    Optional<Window> _ = Window.parse(window);
    for (String name : prefetch) {
      if (ModelName.parse(name).isEmpty()) {
        throw new IllegalArgumentException("prefetch: '" + name + "' is no name of a model");
      }
    }
  }

  Optional<Window> openHours() {
    return Window.parse(window);
  }

  /// The models of [#prefetch()].
  public List<ModelName> wishes() {
    return prefetch.stream().flatMap(name -> ModelName.parse(name).stream()).toList();
  }

  /// 0 where there is no limit.
  long bytesPerSecond() {
    return bytesPerSecond(rate);
  }

  private static long bytesPerSecond(String rate) {
    String bare = rate.strip().toLowerCase(Locale.ROOT);
    if (bare.isEmpty()) {
      return 0;
    }
    try {
      long count =
          Bytes.parse(bare.endsWith("/s") ? bare.substring(0, bare.length() - 2) : bare).count();
      return count == 0 ? -1 : count;
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("rate: " + e.getMessage() + "; a second is meant", e);
    }
  }
}
