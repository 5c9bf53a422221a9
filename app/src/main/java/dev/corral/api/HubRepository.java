package dev.corral.api;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A repository of Hugging Face as one chooses from it: `GET /manage/hub?repo=`.
///
/// @param repo `owner/name`
/// @param url where a browser shows it
/// @param access `open`, `gated`, `gated-by-owner` or `private`
/// @param license as its card says; empty where it does not
/// @param architecture empty where it is not known
/// @param contextLength tokens that the model was trained for
/// @param parameters of the model
/// @param chatTemplate null where it is not known
/// @param recommended its quantization; empty where nothing is recommended
/// @param projector goes with every choice, for models that see or hear; empty for most
/// @param choices smallest first
/// @param leftOut GGUF files that are no models, with the reason
/// @param notes what to know before choosing
public record HubRepository(
    String repo,
    String url,
    String access,
    String license,
    String architecture,
    @Nullable Long contextLength,
    @Nullable Long parameters,
    @Nullable Boolean chatTemplate,
    long downloads,
    long likes,
    String recommended,
    String projector,
    List<HubChoice> choices,
    Map<String, String> leftOut,
    List<String> notes) {
  public HubRepository {
    choices = List.copyOf(choices);
    notes = List.copyOf(notes);
  }
}
