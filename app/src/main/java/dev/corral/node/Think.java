package dev.corral.node;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.dialect.GoTexts;
import dev.corral.dialect.Unread;
import dev.corral.templates.Json;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Whether, and how hard, a model is to think before it answers.
///
/// @param wanted true for any level too
/// @param level `low`, `medium`, `high` or `max`; empty for a plain yes or no
record Think(boolean wanted, String level) {
  static final Think YES = new Think(true, "");

  private static final Set<String> LEVELS = Set.of("low", "medium", "high", "max");

  /// @param given null where the request does not say
  /// @throws Unread with Ollama's words
  static @Nullable Think of(@Nullable JsonNode given) {
    if (given == null) {
      return null;
    }
    if (given.isBoolean()) {
      return new Think(given.booleanValue(), "");
    }
    if (!given.isTextual()) {
      throw new Unread(
          "think must be a boolean or string (\"high\", \"medium\", \"low\", \"max\", true, or"
              + " false)");
    }
    if (!LEVELS.contains(given.textValue())) {
      throw new Unread(
          "invalid think value: "
              + GoTexts.quoted(given.textValue())
              + " (must be \"high\", \"medium\", \"low\", \"max\", true, or false)");
    }
    return new Think(true, given.textValue());
  }

  /// As templates take it.
  Json json() {
    return level.isEmpty() ? Json.of(wanted) : Json.trusted(level);
  }
}
