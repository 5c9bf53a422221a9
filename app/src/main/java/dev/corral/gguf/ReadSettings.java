package dev.corral.gguf;

/// How strictly a header is read.
///
/// @param headerAlone the file may end behind its header (a fit needs no weights; a load does)
/// @param deep also look at the vocabulary: the same token twice makes the engine abort, a special
///   token out of range makes it talk nonsense
/// @param keep which long arrays and texts are kept instead of counted
public record ReadSettings(boolean headerAlone, boolean deep, Keep keep) {
  /// Long arrays cost some ten MB while they are needed.
  public enum Keep {
    SHORT,
    /// The texts and the types of all tokens as well.
    VOCABULARY,
    ALL
  }

  public ReadSettings(boolean headerAlone, boolean deep) {
    this(headerAlone, deep, Keep.SHORT);
  }

  /// For a fit: a bare header will do.
  public static ReadSettings forFit() {
    return new ReadSettings(true, false);
  }

  /// Before the engine sees the file.
  public static ReadSettings forLoading() {
    return new ReadSettings(false, true);
  }

  /// For prompts, which must know the control tokens.
  public static ReadSettings forPrompts() {
    return new ReadSettings(true, false, Keep.VOCABULARY);
  }

  /// For people who want to see all of it.
  public static ReadSettings forShowing() {
    return new ReadSettings(true, false, Keep.ALL);
  }
}
