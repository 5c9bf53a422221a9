package dev.corral.blobs;

import dev.corral.model.Digest;
import dev.corral.model.ModelName;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Ollama's layout of one folder: `blobs/sha256-HEX` and `manifests/HOST/NAMESPACE/MODEL/TAG`. The
/// one place where a name or a digest becomes a path.
///
/// `blobs` and `manifests` themselves may be links, since people move them to larger disks; they
/// are resolved once. Below them no link is followed, so that nothing leads out.
///
/// @param blobs resolved; need not exist
/// @param manifests resolved; need not exist
record Layout(Path blobs, Path manifests) {
  /// Host, namespace, model, tag.
  private static final int DEPTH = 4;

  /// A manifest's place and the name that it stands for.
  record Entry(ModelName name, Path path) {}

  static Layout of(Path folder) {
    return new Layout(resolved(folder.resolve("blobs")), resolved(folder.resolve("manifests")));
  }

  private static Path resolved(Path folder) {
    try {
      return folder.toRealPath();
    } catch (IOException e) {
      return folder.toAbsolutePath().normalize();
    }
  }

  /// Where a blob lies, or would.
  Path blob(Digest digest) {
    return blobs.resolve("sha256-" + digest.hex());
  }

  /// The blob, where it is here and a plain file.
  Optional<Path> findBlob(Digest digest) {
    return Optional.of(blob(digest))
        .filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS));
  }

  /// The digests of all blobs that are here; what else lies there is left out.
  List<Digest> blobDigests() throws IOException {
    List<Digest> digests = new ArrayList<>();
    try (DirectoryStream<Path> children = Files.newDirectoryStream(blobs, "sha256-*")) {
      for (Path child : children) {
        Digest.parse(String.valueOf(child.getFileName()))
            .filter(digest -> findBlob(digest).isPresent())
            .ifPresent(digests::add);
      }
    } catch (NoSuchFileException e) {
      // Nothing was ever stored here.
    }
    return digests;
  }

  /// Where the manifest of a name would be written: beside what differs from it only in case.
  Path manifest(ModelName name) throws IOException {
    Path at = manifests;
    for (String part : parts(name)) {
      at = at.resolve(existing(at, part).orElse(part));
    }
    return at;
  }

  /// The manifest of a name, found without regard to case, where it is a plain file.
  Optional<Entry> find(ModelName name) throws IOException {
    Path at = manifests;
    for (String part : parts(name)) {
      Optional<String> found = existing(at, part);
      if (found.isEmpty()) {
        return Optional.empty();
      }
      at = at.resolve(found.get());
    }
    return Files.isRegularFile(at, LinkOption.NOFOLLOW_LINKS) ? entry(at) : Optional.empty();
  }

  /// All manifests; what is no plain file at the right depth, or has no valid name, is left out.
  List<Entry> entries() throws IOException {
    List<Entry> entries = new ArrayList<>();
    collect(manifests, 0, entries);
    return entries;
  }

  private void collect(Path folder, int depth, List<Entry> into) throws IOException {
    try (DirectoryStream<Path> children = Files.newDirectoryStream(folder)) {
      for (Path child : children) {
        if (depth + 1 < DEPTH && Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)) {
          collect(child, depth + 1, into);
        } else if (depth + 1 == DEPTH && Files.isRegularFile(child, LinkOption.NOFOLLOW_LINKS)) {
          entry(child).ifPresent(into::add);
        }
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      // Nothing is stored there, or somebody has just removed it.
    }
  }

  private Optional<Entry> entry(Path path) {
    Path relative = manifests.relativize(path);
    return valid(
            relative.getName(0).toString(),
            relative.getName(1).toString(),
            relative.getName(2).toString(),
            relative.getName(3).toString())
        .map(name -> new Entry(name, path));
  }

  /// The spelling in which a part of a name stands on the disk: as asked, else one that differs
  /// only in case (Ollama's rule).
  private static Optional<String> existing(Path folder, String part) throws IOException {
    Path exact = folder.resolve(part);
    if (Files.exists(exact, LinkOption.NOFOLLOW_LINKS)) {
      return plain(exact) ? Optional.of(part) : Optional.empty();
    }
    try (DirectoryStream<Path> children = Files.newDirectoryStream(folder)) {
      for (Path child : children) {
        String name = String.valueOf(child.getFileName());
        if (name.equalsIgnoreCase(part) && plain(child)) {
          return Optional.of(name);
        }
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      return Optional.empty();
    }
    return Optional.empty();
  }

  private static boolean plain(Path path) {
    return !Files.isSymbolicLink(path);
  }

  /// Refuses what is no name. It is looked at again here, because a record can be built past its
  /// parser.
  static void check(ModelName name) {
    if (valid(name.host(), name.namespace(), name.model(), name.tag()).isEmpty()) {
      throw new IllegalArgumentException("Not a name of a model");
    }
  }

  private static List<String> parts(ModelName name) {
    check(name);
    return List.of(name.host(), name.namespace(), name.model(), name.tag());
  }

  private static Optional<ModelName> valid(
      String host, String namespace, String model, String tag) {
    ModelName name = new ModelName(host, namespace, model, tag);
    return ModelName.parse(host + "/" + namespace + "/" + model + ":" + tag).filter(name::equals);
  }
}
