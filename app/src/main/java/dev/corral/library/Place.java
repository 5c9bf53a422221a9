package dev.corral.library;

import dev.corral.model.ModelName;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One backend as the library looks at it.
///
/// @param up it answers, so what it does not list it does not have
/// @param models by [ModelName#key()]
public record Place(String backend, boolean up, Map<String, Found> models) {
  public Place {
    models = Map.copyOf(models);
  }

  /// The model of that name, in any case.
  public Optional<Found> find(ModelName name) {
    return Optional.ofNullable(models.get(name.key()));
  }

  /// A model on a backend.
  ///
  /// @param parameterSize as Ollama writes it: `8.0B`, `134.52M`
  /// @param contextLength null where unknown
  /// @param modifiedAt when it came there; null where unknown
  public record Found(
      ModelName name,
      String digest,
      long size,
      String quantization,
      String parameterSize,
      @Nullable Integer contextLength,
      @Nullable Instant modifiedAt) {

    /// Billions of parameters; null where nothing sensible is said.
    @Nullable Double billions() {
      String text = parameterSize.strip();
      if (text.length() < 2) {
        return null;
      }
      Double number = Loose.number(text.substring(0, text.length() - 1));
      double unit =
          switch (text.charAt(text.length() - 1)) {
            case 'T' -> 1000;
            case 'B' -> 1;
            case 'M' -> 1e-3;
            case 'K' -> 1e-6;
            default -> 0;
          };
      return number == null || unit == 0 ? null : (Double) (Math.round(number * unit * 1e5) / 1e5);
    }
  }
}
