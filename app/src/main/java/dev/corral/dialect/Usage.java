package dev.corral.dialect;

/// What an answer took.
///
/// @param promptTokens as the backend counted them; -1 where it did not say
/// @param answerTokens as the backend counted them, else the frames with content; -1 where unknown
/// @param estimated true where `answerTokens` counts frames
/// @param decodeNanos time that the backend says it spent on writing; -1 where it did not say
public record Usage(long promptTokens, long answerTokens, boolean estimated, long decodeNanos) {
  public static final Usage UNKNOWN = new Usage(-1, -1, false, -1);
}
