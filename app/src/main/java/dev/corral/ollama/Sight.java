package dev.corral.ollama;

import java.util.List;

/// What one look at a backend showed.
public sealed interface Sight {
  /// @param version empty where the backend tells none
  record Seen(String version, List<StoredModel> stored, List<LoadedModel> loaded)
      implements Sight {}

  /// @param why for the operator, without the address
  record Unseen(String why) implements Sight {}

  /// Nobody could look, for a reason that lies here: it says nothing about the backend.
  record Untold(String why) implements Sight {}

  /// The call came back to us: the backend is this very instance, or leads to it.
  record Ourselves() implements Sight {}
}
