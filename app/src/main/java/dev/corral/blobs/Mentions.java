package dev.corral.blobs;

import dev.corral.model.Digest;
import dev.corral.model.Layer;
import dev.corral.model.Manifest;
import dev.corral.model.ModelName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// How many manifests of our own store, those of the trash among them, mention each blob.
final class Mentions {
  private final Map<Digest, Integer> all = new HashMap<>();
  private final Map<Digest, Integer> live = new HashMap<>();
  private final List<Mention> each = new ArrayList<>();

  /// What one manifest mentions.
  private record Mention(ModelName name, boolean trashed, Set<Digest> blobs) {}

  private Mentions() {}

  /// Empty where any manifest cannot be read: then nobody knows what it mentions, and nothing may
  /// be removed.
  static Optional<Mentions> of(FolderShelf own, Bin bin) throws IOException {
    Shelf.Inventory inventory = own.all();
    Bin.Content trash = bin.content();
    if (!inventory.unreadable().isEmpty() || !trash.whole()) {
      return Optional.empty();
    }
    Mentions mentions = new Mentions();
    for (Found found : inventory.found()) {
      try {
        Set<Digest> blobs = digests(found.parsed());
        count(mentions.all, blobs);
        count(mentions.live, blobs);
        mentions.each.add(new Mention(found.name(), false, blobs));
      } catch (IllegalArgumentException e) {
        return Optional.empty();
      }
    }
    for (Bin.Entry entry : trash.entries()) {
      Optional<Manifest> manifest = entry.manifest();
      if (manifest.isEmpty()) {
        return Optional.empty();
      }
      Set<Digest> blobs = digests(manifest.get());
      count(mentions.all, blobs);
      mentions.each.add(new Mention(entry.found().name(), true, blobs));
    }
    return Optional.of(mentions);
  }

  static Set<Digest> digests(Manifest manifest) {
    Set<Digest> digests = new HashSet<>();
    manifest.blobs().forEach(layer -> digests.add(layer.digest()));
    return digests;
  }

  private static void count(Map<Digest, Integer> into, Set<Digest> blobs) {
    blobs.forEach(digest -> into.merge(digest, 1, Integer::sum));
  }

  boolean mentioned(Digest digest) {
    return all.containsKey(digest);
  }

  /// By a model that can be asked, not only by the trash.
  boolean live(Digest digest) {
    return live.containsKey(digest);
  }

  /// The blobs of a manifest that is counted here and that no other one mentions.
  Set<Digest> onlyOf(Manifest manifest) {
    return only(all, manifest);
  }

  /// The same for a model that can be asked, whatever the trash mentions.
  Set<Digest> onlyLiveOf(Manifest manifest) {
    return only(live, manifest);
  }

  /// Blobs that nobody mentions once these models are gone.
  ///
  /// @param trash whether what lies there goes too
  Set<Digest> onlyOf(Predicate<ModelName> names, boolean trash) {
    Set<Digest> going = new HashSet<>();
    Set<Digest> staying = new HashSet<>();
    for (Mention one : each) {
      boolean goes = one.trashed() ? trash : names.test(one.name());
      (goes ? going : staying).addAll(one.blobs());
    }
    going.removeAll(staying);
    return going;
  }

  private static Set<Digest> only(Map<Digest, Integer> among, Manifest manifest) {
    Set<Digest> only = new HashSet<>();
    for (Layer layer : manifest.blobs()) {
      if (among.getOrDefault(layer.digest(), 0) == 1) {
        only.add(layer.digest());
      }
    }
    return only;
  }
}
