package dev.corral.library;

import dev.corral.model.ModelName;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The models that can be chosen: those that come with this program, over them the files of the
/// home (`catalog/*.json`), and behind both the lists of other people. The folder is looked at with
/// each question, so a changed file needs no restart.
///
/// A list of other people only adds: it cannot change where an entry of ours or of the home comes
/// from, and the names in it lead to the registries that everybody knows.
public final class Catalog {
  /// The origin of what comes with this program.
  public static final String OWN = "corral";

  private static final List<String> KNOWN_HOSTS =
      List.of(ModelName.DEFAULT_HOST, "hf.co", "huggingface.co");

  private final Path folder;
  private final Supplier<List<CatalogFile>> lists;
  private final Consumer<String> notices;
  private final CatalogFile own = shipped();
  private volatile @Nullable State state;

  /// @param folder of the home; it need not be there
  /// @param lists those of other people, as they are now
  /// @param notices gets one line for each entry that cannot be used, when it is first seen
  public Catalog(Path folder, Supplier<List<CatalogFile>> lists, Consumer<String> notices) {
    this.folder = folder;
    this.lists = lists;
    this.notices = notices;
  }

  /// An entry with where it comes from.
  public record Listed(CatalogEntry entry, String origin) {}

  /// @param bad by origin, all that could not be used
  public record Now(List<Listed> entries, List<Refused> bad) {}

  /// @param origin the file or list
  public record Refused(String origin, String where, String reason) {
    @Override
    public String toString() {
      return origin + ", " + where + ": " + reason;
    }
  }

  private record State(Map<Path, FileTime> files, List<CatalogFile> lists, Now now) {}

  /// The catalog as the files say it now. May block for a moment.
  public Now now() {
    Map<Path, FileTime> files = files();
    List<CatalogFile> others = lists.get();
    State known = state;
    if (known == null || !known.files().equals(files) || !known.lists().equals(others)) {
      known = new State(files, others, merged(files, others));
      List<Refused> before = state == null ? List.of() : state.now().bad();
      state = known;
      known.now().bad().stream()
          .filter(bad -> !before.contains(bad))
          .forEach(bad -> notices.accept(bad.toString()));
    }
    return known.now();
  }

  /// The entry that tells about a model of that name.
  public Optional<CatalogEntry> find(ModelName name) {
    return now().entries().stream()
        .map(Listed::entry)
        .filter(entry -> entry.means(name))
        .findFirst();
  }

  private Map<Path, FileTime> files() {
    Map<Path, FileTime> files = new LinkedHashMap<>();
    if (!Files.isDirectory(folder)) {
      return files;
    }
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "*.json")) {
      List<Path> sorted = new ArrayList<>();
      found.forEach(sorted::add);
      sorted.sort(null);
      for (Path file : sorted) {
        files.put(file, Files.getLastModifiedTime(file));
      }
    } catch (IOException e) {
      // A file that vanishes while we look is looked for again with the next question.
    }
    return files;
  }

  private Now merged(Map<Path, FileTime> files, List<CatalogFile> others) {
    Map<String, Listed> byId = new LinkedHashMap<>();
    List<Refused> bad = new ArrayList<>();
    own.entries().forEach(entry -> byId.put(key(entry), new Listed(entry, OWN)));
    for (Path file : files.keySet()) {
      CatalogFile read = CatalogReader.read(file, String.valueOf(file.getFileName()));
      read.entries().forEach(entry -> byId.put(key(entry), new Listed(entry, read.origin())));
      read.bad().forEach(one -> bad.add(new Refused(read.origin(), one.where(), one.reason())));
    }
    List<CatalogEntry> ours = byId.values().stream().map(Listed::entry).toList();
    for (CatalogFile list : others) {
      list.bad().forEach(one -> bad.add(new Refused(list.origin(), one.where(), one.reason())));
      for (CatalogEntry entry : list.entries()) {
        String why = byId.containsKey(key(entry)) ? "its id is taken" : refused(entry, ours);
        if (why.isEmpty()) {
          byId.put(key(entry), new Listed(entry, list.origin()));
        } else {
          bad.add(new Refused(list.origin(), "id '" + entry.id() + "'", why));
        }
      }
    }
    return new Now(List.copyOf(byId.values()), List.copyOf(bad));
  }

  /// Why an entry of somebody else's list is not taken; empty where it is.
  private static String refused(CatalogEntry entry, List<CatalogEntry> ours) {
    Optional<ModelName> name =
        entry.ollamaName().isEmpty() ? Optional.empty() : ModelName.parse(entry.ollamaName());
    if (name.isPresent() && !KNOWN_HOSTS.contains(name.get().host().toLowerCase(Locale.ROOT))) {
      return "a list may not lead to another registry (" + name.get().host() + ")";
    }
    boolean taken = name.isPresent() && ours.stream().anyMatch(own -> own.means(name.get()));
    return taken ? "another entry tells about " + entry.ollamaName() + " already" : "";
  }

  private static String key(CatalogEntry entry) {
    return entry.id().toLowerCase(Locale.ROOT);
  }

  /// The list that comes with this program.
  public static CatalogFile shipped() {
    return CatalogReader.read(resource("catalog.json"), OWN);
  }

  /// The form of the files, as JSON Schema.
  public static byte[] schema() {
    return resource("catalog.schema.json");
  }

  private static byte[] resource(String name) {
    try (InputStream in = Catalog.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the build left out " + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
