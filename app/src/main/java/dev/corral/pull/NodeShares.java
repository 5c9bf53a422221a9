package dev.corral.pull;

import dev.corral.model.Digest;
import dev.corral.model.Layer;
import dev.corral.model.Manifest;
import dev.corral.ollama.PullLine;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How far the blobs of a node's pull are, as the manifest and the node's events tell it. Shared by
/// the thread that listens and those that look.
///
/// Events alone do not do: small blobs that finish soon have none, and the last one of a blob is
/// usually below its total (reference/ollama-live.md item 15).
final class NodeShares {
  private record Share(long done, long total) {}

  private final Map<Digest, Share> shares = new LinkedHashMap<>();
  private final Map<Digest, Long> told = new LinkedHashMap<>();
  private boolean expected;

  /// The most bytes that there ever were, since what there was counted last.
  private long most;

  /// The same of the try that goes on.
  private long mostNow;

  /// What the registry says there is to come.
  synchronized void expect(Manifest manifest) {
    Map<Digest, Share> before = Map.copyOf(shares);
    shares.clear();
    for (Layer layer : manifest.blobs()) {
      Share was = before.get(layer.digest());
      long done = was == null ? 0 : Math.min(was.done(), layer.size());
      shares.put(layer.digest(), new Share(done, layer.size()));
    }
    expected = true;
    // Of another manifest there is less, and all that comes of it is new.
    most = Math.min(most, sum());
    mostNow = Math.min(mostNow, most);
  }

  /// What an event brought.
  enum News {
    NONE,
    /// More bytes than this try had, but an earlier one had as many.
    MORE,
    /// More bytes than there ever were.
    NEW
  }

  /// Takes an event in.
  synchronized News take(PullLine line) {
    Optional<Digest> digest = line.digest();
    if (digest.isEmpty() || line.total() <= 0) {
      return News.NONE;
    }
    told.put(digest.get(), line.total());
    Share known = shares.get(digest.get());
    if (known == null && expected) {
      return News.NONE;
    }
    long total = expected && known != null ? known.total() : line.total();
    Share now = new Share(Math.min(line.completed(), total), total);
    shares.put(digest.get(), now);
    if (known != null && now.done() < known.done() / 2) {
      lost();
    }
    return grown();
  }

  /// The node has far less of a blob than it told before: what was interrupted is gone, since an
  /// Ollama that was killed begins at the first byte (reference/ollama-live.md item 14). What comes
  /// now is new.
  private void lost() {
    most = sum();
    mostNow = most;
  }

  private News grown() {
    long sum = sum();
    News news = sum > most ? News.NEW : sum > mostNow ? News.MORE : News.NONE;
    most = Math.max(most, sum);
    mostNow = Math.max(mostNow, sum);
    return news;
  }

  private long sum() {
    return shares.values().stream().mapToLong(Share::done).sum();
  }

  /// The node verifies: all bytes are there.
  synchronized void whole() {
    shares.replaceAll((_, share) -> new Share(share.total(), share.total()));
    News _ = grown();
  }

  synchronized List<Pull.Blob> blobs() {
    return shares.entrySet().stream()
        .map(share ->
            new Pull.Blob(share.getKey(), share.getValue().done(), share.getValue().total()))
        .toList();
  }

  synchronized long total() {
    return shares.values().stream().mapToLong(Share::total).sum();
  }

  /// Blobs whose size the node told otherwise than the manifest: what lies there is not the blob.
  synchronized List<Digest> wrongSizes(Manifest manifest) {
    return manifest.blobs().stream()
        .filter(layer -> told.getOrDefault(layer.digest(), layer.size()) != layer.size())
        .map(Layer::digest)
        .toList();
  }

  /// The node begins anew, and may see its blobs differently.
  synchronized void anew() {
    told.clear();
    mostNow = 0;
  }

  /// What came was wrong and is gone, or will be: every byte counts again.
  synchronized void forget() {
    shares.replaceAll((_, share) -> new Share(0, share.total()));
    most = 0;
    mostNow = 0;
  }
}
