package dev.corral.hub;

import dev.corral.fit.Fit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// A repository as somebody chooses from it: each quantization with what it would need here.
///
/// @param choices smallest first
/// @param recommended one of them
/// @param license as the card says, or else a header; empty where neither does
/// @param architecture empty where it is not known
/// @param contextLength tokens that the model was trained for
/// @param parameters as the Hub counts them, or else as a header's tensors make them
/// @param chatTemplate empty where it is not known
/// @param notes what to know before choosing, each a sentence or two
public record Offer(
    Repository repository,
    List<Judged> choices,
    Optional<Choice> recommended,
    String license,
    String architecture,
    OptionalLong contextLength,
    OptionalLong parameters,
    Optional<Boolean> chatTemplate,
    List<String> notes) {
  public Offer {
    choices = List.copyOf(choices);
    notes = List.copyOf(notes);
  }

  /// One choice, and how it would fit.
  ///
  /// @param fit empty where the hardware is not known, or nothing can be chosen
  /// @param basis what the figures rest on
  public record Judged(Choice choice, Optional<Fit> fit, Basis basis) {
    /// What to think of it, and where its header calls it by another kind than its name does.
    public String words() {
      Optional<String> other =
          fit.filter(_ -> basis == Basis.HEADER)
              .map(Fit::fileType)
              .filter(type -> choice.label().filter(label -> label.contradicts(type)).isPresent());
      return choice.words() + other.map(type -> "; its header says " + type).orElse("");
    }

    public boolean exact() {
      return basis == Basis.HEADER && fit.map(Fit::exact).orElse(false);
    }
  }

  /// What the figures of a fit rest on.
  public enum Basis {
    /// Its own header.
    HEADER,
    /// The header of another quantization of the same model, and its own size.
    SIBLING,
    /// Its size alone.
    SIZE
  }
}
