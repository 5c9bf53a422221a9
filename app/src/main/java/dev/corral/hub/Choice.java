package dev.corral.hub;

import dev.corral.model.ModelName;
import java.util.List;
import java.util.Optional;

/// What one can choose in a repository: one quantization, of one file or of a split set.
///
/// @param label empty where no name says the quantization
/// @param files in order; of a set that is not whole, those that are there
/// @param missing numbers of the parts that are not there, from 1
/// @param parts how many a set says that it has; 1 for a single file
/// @param name what a pull takes; empty where no name leads to it
public record Choice(
    Optional<Label> label,
    List<HubFile> files,
    List<Integer> missing,
    int parts,
    Optional<ModelName> name) {
  public Choice {
    files = List.copyOf(files);
    missing = List.copyOf(missing);
  }

  /// Bytes of all files together.
  public long size() {
    return files.stream().mapToLong(HubFile::size).sum();
  }

  public boolean whole() {
    return missing.isEmpty();
  }

  /// The quantization's name, or else the file's.
  public String title() {
    return label.map(Label::toString).orElseGet(() -> files.getFirst().name());
  }

  /// What to think of this quantization.
  public String words() {
    return Quality.words(label);
  }

  Choice named(ModelName model) {
    return new Choice(label, files, missing, parts, Optional.of(model));
  }
}
