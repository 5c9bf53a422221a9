package dev.corral.control;

import dev.corral.api.ModelView.FitView;
import dev.corral.fit.Fit;
import dev.corral.fit.Hardware;
import dev.corral.fit.Here;
import dev.corral.gguf.Gguf;
import dev.corral.model.ModelName;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Whether models fit, for listings: at once and roughly by size, and exactly as soon as their
/// header has been read, which is done beside, one after the other.
public final class Glances {
  private static final System.Logger LOG = System.getLogger(Glances.class.getName());

  /// Memory moves; what was judged so long ago is judged again.
  private static final Duration KEPT = Duration.ofSeconds(60);

  /// Models on one machine are fewer; what is beyond is forgotten all at once.
  private static final int MOST_KEPT = 1_000;

  private final Here here;
  private final Function<ModelName, Optional<Gguf>> headers;
  private final InstantSource clock;
  private final Map<String, Judged> judged = new ConcurrentHashMap<>();
  private final Semaphore reading = new Semaphore(1);

  /// @param header null as long as it was not read
  private record Judged(FitView fit, @Nullable Gguf header, Instant at) {}

  /// @param headers of models that are here, without a question to the outside; may block
  public Glances(Here here, Function<ModelName, Optional<Gguf>> headers, InstantSource clock) {
    this.here = here;
    this.headers = headers;
    this.clock = clock;
  }

  /// What is known without waiting.
  ///
  /// @param digest of a model that is here; empty where none is, so that only its size counts
  /// @param bytes of all its files
  Optional<FitView> here(String name, String digest, long bytes) {
    if (digest.isEmpty()) {
      return Optional.of(view(here.roughly(name, bytes)));
    }
    Judged known = judged.get(digest);
    if (known != null && !known.at().plus(KEPT).isBefore(clock.instant())) {
      return Optional.of(known.fit());
    }
    Gguf header = known == null ? null : known.header();
    Judged now =
        header == null
            ? new Judged(view(here.roughly(name, bytes)), null, clock.instant())
            : judged(name, header);
    if (taken(digest, known, now) && header == null) {
      ModelName.parse(name).ifPresent(model -> readBeside(name, model, digest));
    }
    return Optional.of(now.fit());
  }

  /// As it would be on a card of that size with nothing else on it.
  FitView onCard(String name, long bytes, long vramBytes) {
    return view(here.roughly(name, bytes, Hardware.card(vramBytes)));
  }

  /// Who puts it there reads the header; others find it young.
  private boolean taken(String digest, @Nullable Judged before, Judged now) {
    if (before != null) {
      return judged.replace(digest, before, now);
    }
    if (judged.size() >= MOST_KEPT) {
      judged.clear();
    }
    return judged.putIfAbsent(digest, now) == null;
  }

  private void readBeside(String name, ModelName model, String digest) {
    Thread.ofVirtual()
        .name("glance")
        .start(() -> {
          reading.acquireUninterruptibly();
          try {
            headers.apply(model).ifPresent(gguf -> judged.put(digest, judged(name, gguf)));
          } catch (RuntimeException e) {
            // It stays judged by its size. Mostly the program stops just now.
            LOG.log(System.Logger.Level.DEBUG, "the header of " + name + " was not read", e);
          } finally {
            reading.release();
          }
        });
  }

  private Judged judged(String name, Gguf header) {
    return new Judged(view(here.of(name, header)), header, clock.instant());
  }

  private static FitView view(Fit fit) {
    long need = fit.hostBytes() + fit.deviceBytes().stream().mapToLong(Long::longValue).sum();
    String next = fit.next();
    return new FitView(
        fit.verdict().word(),
        fit.exact(),
        need,
        fit.missingBytes(),
        fit.reason(),
        next == null ? "" : next);
  }
}
