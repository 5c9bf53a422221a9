package dev.corral.api;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One backend, in `GET /manage/backends` and `status`.
///
/// @param kind `ollama` or `openai`
/// @param state `up`, `down`, `draining` or `unknown` (not looked at yet)
/// @param why the last error where it is down; what was seen last otherwise
/// @param version as the backend tells it; empty where it does not
/// @param source where it was named: `config`, a variable's name, or `found`
/// @param models names on its disk
/// @param loaded names in its memory
/// @param checkedAt when it was last looked at; null before the first time
public record BackendView(
    String name,
    String url,
    String kind,
    String state,
    String why,
    String version,
    String source,
    double weight,
    int inFlight,
    List<String> models,
    List<String> loaded,
    @Nullable Instant checkedAt) {}
