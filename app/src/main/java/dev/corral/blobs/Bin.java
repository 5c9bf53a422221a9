package dev.corral.blobs;

import dev.corral.model.Digest;
import dev.corral.model.Manifest;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The folder of the trash: `.corral/trash/ID/HOST/NAMESPACE/MODEL/TAG`. An id begins with the
/// milliseconds of the deletion. A manifest comes here and goes back by one rename, so that a kill
/// at any moment leaves it in one of the two places. Changed under the lock of the store only.
///
/// @param blobs of our own folder, which the manifests here go on to mention
record Bin(Path folder, Path blobs) {
  private static final Pattern ID = Pattern.compile("(\\d{1,15})-[0-9a-f]{8}");

  /// A manifest in the trash.
  record Entry(String id, Instant deletedAt, Found found, Path file) {
    /// Empty where it makes no sense.
    Optional<Manifest> manifest() {
      try {
        return Optional.of(found.parsed());
      } catch (IllegalArgumentException e) {
        return Optional.empty();
      }
    }

    Digest digest() {
      return found.digest();
    }
  }

  /// @param whole false where something is here that cannot be read: nobody knows what it mentions
  record Content(List<Entry> entries, boolean whole) {}

  /// What is here, the oldest first.
  Content content() throws IOException {
    List<Entry> entries = new ArrayList<>();
    boolean whole = true;
    for (Path place : places()) {
      Layout layout = new Layout(blobs, place);
      Shelf.Inventory inventory = new FolderShelf(Origin.OWN, layout).all();
      whole &= inventory.unreadable().isEmpty();
      for (Found found : inventory.found()) {
        Optional<Layout.Entry> at = layout.find(found.name());
        at.ifPresent(
            entry -> entries.add(new Entry(id(place), deletedAt(place), found, entry.path())));
      }
    }
    entries.sort(Comparator.comparing(Entry::deletedAt));
    return new Content(List.copyOf(entries), whole);
  }

  private List<Path> places() throws IOException {
    List<Path> places = new ArrayList<>();
    try (DirectoryStream<Path> children = Files.newDirectoryStream(folder)) {
      for (Path child : children) {
        if (ID.matcher(id(child)).matches()
            && Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)) {
          places.add(child);
        }
      }
    } catch (NoSuchFileException e) {
      // Nothing was ever deleted here.
    }
    return places;
  }

  private static String id(Path place) {
    return String.valueOf(place.getFileName());
  }

  private static Instant deletedAt(Path place) {
    String id = id(place);
    return Instant.ofEpochMilli(Long.parseLong(id.substring(0, id.indexOf('-'))));
  }

  /// A new place for what is deleted now.
  Path place(Instant now) {
    String tail = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
    return folder.resolve(Math.max(0, now.toEpochMilli()) + "-" + tail);
  }

  /// Removes a place with whatever is left in it.
  void remove(String id) throws IOException {
    Path place = folder.resolve(id);
    if (!ID.matcher(id).matches() || !Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (Stream<Path> all = Files.walk(place)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }

  /// Removes all, also what cannot be read.
  void clear() throws IOException {
    for (Path place : places()) {
      remove(id(place));
    }
  }
}
