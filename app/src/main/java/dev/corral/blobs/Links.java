package dev.corral.blobs;

import dev.corral.model.Digest;
import dev.corral.model.Layer;
import dev.corral.model.ModelName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Second names of blobs in a folder of models: hard links in `.corral/anchors/OWNER/ID/`, so that
/// the bytes outlast whoever removes the first names. They take no room, need one file system for
/// both, and a folder that we may write. Threads share it.
public final class Links {
  /// A Corral that was not seen at a folder for so long has left it, and what it kept goes.
  private static final Duration FORGOTTEN = Duration.ofDays(90);

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}");
  private static final System.Logger LOG = System.getLogger(Links.class.getName());

  private final FolderShelf own;
  private final Bin bin;
  private final LinkFolder all;
  private final Path mine;
  private final Function<Digest, Optional<Path>> blobs;
  private final boolean writable;

  /// @param owner tells our links from those of other Corrals at the same folder
  /// @param blobs where a blob lies, here or in another folder from which it can be brought
  Links(
      FolderShelf own,
      Bin bin,
      LinkFolder all,
      String owner,
      Function<Digest, Optional<Path>> blobs,
      boolean writable) {
    this.own = own;
    this.bin = bin;
    this.all = all;
    this.mine = all.folder().resolve(checked(owner));
    this.blobs = blobs;
    this.writable = writable;
  }

  private static String checked(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("Not the name of a folder of links");
    }
    return name;
  }

  private Path folder(String id) {
    return mine.resolve(checked(id));
  }

  /// Gives all blobs of a model a second name.
  ///
  /// @return false where that cannot be: another file system, one without such links, a folder or a
  ///   file that is not ours to write, a blob that is not here
  public boolean keep(String id, List<Layer> layers) {
    if (!writable) {
      return false;
    }
    Path folder = folder(id);
    boolean before = Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS);
    try {
      for (Layer layer : layers) {
        Path link = LinkFolder.name(folder, layer.digest());
        Path _ = Disk.ensureParent(link);
        keep(layer, link);
      }
      Disk.syncFolder(folder);
      return true;
    } catch (IOException | UnsupportedOperationException e) {
      LOG.log(System.Logger.Level.DEBUG, "blobs are kept without links", e);
      boolean _ = before || remove(id);
      return false;
    }
  }

  private void keep(Layer layer, Path link) throws IOException {
    Optional<Path> blob = own.blob(layer.digest()).filter(file -> sized(file, layer));
    if (blob.isPresent()) {
      boolean there = Files.exists(link, LinkOption.NOFOLLOW_LINKS);
      if (!there || !Files.isSameFile(link, blob.get())) {
        LinkFolder.put(blob.get(), link);
      }
    } else if (!sized(link, layer)) {
      throw new NoSuchFileException("A blob that is not in the folder cannot be kept");
    }
  }

  private static boolean sized(Path file, Layer layer) {
    try {
      return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
          && Files.size(file) == layer.size();
    } catch (IOException e) {
      return false; // somebody has just removed it
    }
  }

  /// Whether all blobs of a model are kept.
  public boolean holds(String id, List<Layer> layers) {
    Path folder = folder(id);
    return layers.stream().allMatch(layer -> sized(LinkFolder.name(folder, layer.digest()), layer));
  }

  /// Gives missing blobs their first names back, from whichever link has their bytes: nothing comes
  /// back that has not the length and the digest.
  ///
  /// @return why not all of them are there, a clause for people; empty where they are
  /// @throws StoreFailure where the disk refuses
  public Optional<String> putBack(List<Layer> layers) throws StoreFailure {
    Optional<String> lacking = Optional.empty();
    for (Layer layer : layers) {
      boolean there = blobs.apply(layer.digest()).filter(file -> sized(file, layer)).isPresent();
      if (!there && !recover(layer)) {
        lacking =
            Optional.of(
                kept(layer).isEmpty()
                    ? "a part of it was removed too, and is kept nowhere"
                    : "a part of it was removed, and what was kept of that is damaged");
      }
    }
    return lacking;
  }

  /// The links of a blob, right or not.
  private List<Path> kept(Layer layer) throws StoreFailure {
    try {
      return all.of(layer.digest());
    } catch (IOException e) {
      throw Disk.failure("look at what is kept", e);
    }
  }

  /// Puts a blob back that is missing or damaged.
  ///
  /// @return false where no link has its bytes
  boolean recover(Layer layer) throws StoreFailure {
    if (!writable) {
      return false;
    }
    Path blob = own.layout().blob(layer.digest());
    try {
      for (Path link : kept(layer)) {
        boolean another = !Files.exists(blob) || !Files.isSameFile(link, blob);
        boolean right =
            another && sized(link, layer) && Disk.digest(link, _ -> {}).equals(layer.digest());
        if (right) {
          LinkFolder.putBack(link, blob);
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      throw Disk.failure("put a blob back", e);
    }
  }

  /// Bytes that come free when models and what is kept go. A file counts once, and only where no
  /// name of it is left.
  ///
  /// @param ids of what is kept
  /// @param names true for a model that goes
  /// @param trash whether that is emptied too
  public long frees(Collection<String> ids, Predicate<ModelName> names, boolean trash)
      throws StoreFailure {
    try {
      List<Path> gone = new ArrayList<>();
      for (String id : ids) {
        gone.addAll(files(folder(id)));
      }
      Optional<Mentions> mentions = Mentions.of(own, bin);
      for (Digest digest : mentions.map(each -> each.onlyOf(names, trash)).orElse(Set.of())) {
        own.blob(digest).ifPresent(gone::add);
      }
      return Disk.freedBy(gone);
    } catch (IOException e) {
      throw Disk.failure("look at what is kept", e);
    }
  }

  private static List<Path> files(Path folder) throws IOException {
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)).toList();
    }
  }

  /// Lets go of what is kept of one model.
  ///
  /// @return whether nothing of it is left
  public boolean remove(String id) {
    return remove(folder(id));
  }

  private static boolean remove(Path folder) {
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      return true;
    }
    try (Stream<Path> below = Files.walk(folder)) {
      for (Path path : below.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
      return true;
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "what was kept of a model could not be removed", e);
      return false;
    }
  }

  /// Removes links that nobody needs: ours of what is not known, left by a kill, and those of
  /// Corrals that were not here for months.
  ///
  /// @param known asked after the look, so that what is being made is known
  public void sweep(Supplier<Set<String>> known) {
    if (!writable) {
      return;
    }
    try {
      List<Path> here = LinkFolder.folders(mine);
      Set<String> needed = known.get();
      for (Path folder : here) {
        boolean _ = needed.contains(String.valueOf(folder.getFileName())) || remove(folder);
      }
      Instant now = Instant.now();
      for (Path owner : LinkFolder.folders(all.folder())) {
        if (owner.equals(mine)) {
          Files.setLastModifiedTime(mine, FileTime.from(now));
        } else if (Files.getLastModifiedTime(owner).toInstant().isBefore(now.minus(FORGOTTEN))) {
          boolean _ = remove(owner);
        }
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "links could not be looked at", e);
    }
  }
}
