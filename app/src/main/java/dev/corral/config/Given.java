package dev.corral.config;

/// A value as somebody gave it outside the file.
///
/// @param source what [Setting#source()] shows: a variable's name, or `.env:3`
public record Given(String text, String source) {

  /// The value may be a secret.
  @Override
  public String toString() {
    return source;
  }
}
