package dev.corral.gguf;

/// How strictly a header is read.
///
/// @param headerAlone the file may end behind its header (a fit needs no weights; a load does)
/// @param deep also look at the vocabulary: the same token twice makes the engine abort, a special
///   token out of range makes it talk nonsense
/// @param vocabulary keep the texts and the types of all tokens, which costs some ten MB while they
///   are needed
public record ReadSettings(boolean headerAlone, boolean deep, boolean vocabulary) {
  public ReadSettings(boolean headerAlone, boolean deep) {
    this(headerAlone, deep, false);
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
    return new ReadSettings(true, false, true);
  }
}
