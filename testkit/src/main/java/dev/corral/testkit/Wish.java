package dev.corral.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a request for text asks, the same for all dialects.
///
/// @param model the name as sent, which is the name that is told back
/// @param prompt all text of the request; only its length matters, except with `raw`
/// @param maxTokens limit of the answer; 0 or less: none
/// @param stops texts that end the answer
/// @param think whether a model that can think does
/// @param tools the tools that are offered
/// @param toolResult whether the last message is the result of a tool
/// @param raw the answer goes on where the prompt ends
/// @param json the answer must be a JSON object
/// @param keepAlive how long the model stays loaded afterwards; null: as before
/// @param context `num_ctx`; 0: the default
record Wish(
    String model,
    String prompt,
    int maxTokens,
    List<String> stops,
    boolean think,
    List<JsonNode> tools,
    boolean toolResult,
    boolean raw,
    boolean json,
    @Nullable Duration keepAlive,
    int context) {}
