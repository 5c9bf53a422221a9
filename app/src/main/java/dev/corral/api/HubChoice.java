package dev.corral.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// One quantization of a repository.
///
/// @param quantization as its name says it; the file's name where that says none
/// @param model what `corral pull` takes; empty where no name leads to it
/// @param files one, or the parts of a split set
/// @param sizeBytes of all files
/// @param memoryBytes on all devices and the host together; null where it is not known
/// @param verdict `perfect`, `tight`, `partial`, `wont`, `refused`; empty where the hardware is not
///   known
/// @param exact the figures are from its own header; else from its size and a sibling's header
/// @param missingBytes how much more memory would be needed
/// @param reason why the verdict is so; empty without one
/// @param next what would make it fit better; null where nothing needs to
/// @param words what to think of this quantization
/// @param problem why it cannot be fetched (a part is missing); empty for most
public record HubChoice(
    String quantization,
    String model,
    List<String> files,
    long sizeBytes,
    @Nullable Long memoryBytes,
    String verdict,
    boolean exact,
    long missingBytes,
    String reason,
    @Nullable String next,
    String words,
    boolean recommended,
    String problem) {
  public HubChoice {
    files = List.copyOf(files);
  }
}
