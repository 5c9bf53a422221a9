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
  private long most;

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
  }

  /// Takes an event in.
  ///
  /// @return whether there are more bytes now than there ever were
  synchronized boolean take(PullLine line) {
    Optional<Digest> digest = line.digest();
    if (digest.isEmpty() || line.total() <= 0) {
      return false;
    }
    told.put(digest.get(), line.total());
    Share known = shares.get(digest.get());
    if (known == null && expected) {
      return false;
    }
    long total = expected && known != null ? known.total() : line.total();
    shares.put(digest.get(), new Share(Math.min(line.completed(), total), total));
    return grown();
  }

  private boolean grown() {
    long sum = shares.values().stream().mapToLong(Share::done).sum();
    boolean more = sum > most;
    most = Math.max(most, sum);
    return more;
  }

  /// The node verifies: all bytes are there.
  synchronized void whole() {
    shares.replaceAll((_, share) -> new Share(share.total(), share.total()));
    boolean _ = grown();
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
  }
}
