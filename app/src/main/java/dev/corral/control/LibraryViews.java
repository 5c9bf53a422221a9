package dev.corral.control;

import dev.corral.api.ActiveView;
import dev.corral.api.ModelView;
import dev.corral.assign.Active;
import dev.corral.library.Entry;

/// The library's records, as `/manage` tells them.
final class LibraryViews {
  private LibraryViews() {}

  static ModelView.Row row(Entry entry) {
    return new ModelView.Row(
        entry.modelId(),
        entry.displayName(),
        entry.repoId(),
        entry.filename(),
        entry.quantization(),
        entry.parameters(),
        entry.contextWindow(),
        entry.fileSizeMb(),
        entry.filePath(),
        entry.ollamaModelName(),
        entry.source(),
        entry.tags(),
        entry.downloadedAt(),
        entry.lastUsed());
  }

  static ActiveView of(Active active) {
    return active
        .chosen()
        .map(choice ->
            new ActiveView(choice.model(), "run time", active.configured(), choice.since()))
        .orElseGet(() ->
            new ActiveView(
                active.configured(),
                active.configured().isEmpty() ? "none" : "config",
                active.configured(),
                null));
  }
}
