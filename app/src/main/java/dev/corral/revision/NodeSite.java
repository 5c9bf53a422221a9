package dev.corral.revision;

import dev.corral.blobs.Links;
import dev.corral.blobs.OllamaFolder;
import dev.corral.blobs.Store;
import dev.corral.blobs.StoreFailure;
import dev.corral.blobs.StoredModel;
import dev.corral.model.Digest;
import dev.corral.model.ModelName;
import dev.corral.ollama.Listed;
import dev.corral.ollama.Management;
import dev.corral.ollama.Management.Reply;
import dev.corral.upstream.Target;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// An Ollama node: an anchor is a copy under a hidden name, which takes a millisecond and keeps the
/// blobs (reference/ollama-live.md items 3, 24 and 25).
///
/// @param folder its models, where they may be read
/// @param mayWrite whether that folder may be written by us (`store.ollama: write`)
public record NodeSite(
    Management management, Target target, Optional<OllamaFolder> folder, boolean mayWrite)
    implements Site {
  private static final System.Logger LOG = System.getLogger(NodeSite.class.getName());

  @Override
  public Optional<Held> held(ModelName name) {
    if (!(management.tags(target) instanceof Reply.Told told)) {
      return Optional.empty();
    }
    Optional<Listed> listed = Listed.find(told.tree(), name);
    return listed
        .flatMap(one -> Digest.parse("sha256:" + one.digest()))
        .map(digest -> new Held(digest, listed.get().size(), manifest(name, digest)));
  }

  /// Empty where the folder cannot be read, or is another Ollama's.
  private String manifest(ModelName name, Digest digest) {
    return folder
        .flatMap(there -> there.manifest(name))
        .filter(bytes -> Digest.of(bytes).equals(digest))
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
        .orElse("");
  }

  /// Looked at afterwards: a copy is not written as a whole (item 2).
  @Override
  public boolean copy(ModelName from, ModelName to) {
    Optional<Held> before = held(from);
    boolean copied =
        before.isPresent()
            && management.copy(target, from.shortName(), to.shortName()) instanceof Reply.Told told
            && told.good();
    return copied && held(to).map(Held::digest).equals(before.map(Held::digest));
  }

  /// A node takes no manifests; its folder does, where we may write it.
  @Override
  public boolean publish(ModelName name, String manifest) {
    byte[] bytes = manifest.getBytes(StandardCharsets.UTF_8);
    Optional<OllamaFolder> ours = folder.filter(there -> mayWrite && there.takes());
    if (ours.isEmpty()) {
      return false;
    }
    try (Store store = ours.get().open(line -> LOG.log(System.Logger.Level.DEBUG, line))) {
      StoredModel _ = store.publish(name, bytes);
    } catch (StoreFailure | IOException e) {
      LOG.log(System.Logger.Level.WARNING, "a manifest could not be put back", e);
      return false;
    }
    return held(name).map(Held::digest).equals(Optional.of(Digest.of(bytes)));
  }

  @Override
  public Optional<Links> links(String owner) {
    return folder.map(there -> there.links(owner, mayWrite));
  }

  @Override
  public boolean remove(ModelName name) {
    return management.delete(target, name.shortName()) instanceof Reply.Told told
        && (told.good() || told.status() == 404);
  }
}
