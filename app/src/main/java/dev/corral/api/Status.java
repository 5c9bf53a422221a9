package dev.corral.api;

import java.time.Instant;
import java.util.List;

/// `GET /manage/status`.
///
/// @param version Corral's own
/// @param ollamaVersion what `/api/version` answers
/// @param url where this server listens
/// @param backendChoice one sentence: where the list of backends comes from
/// @param keysInForce true once callers need a key
/// @param openExchanges exchanges in flight now
/// @param configFile the file in force; empty for none
/// @param notes things an operator should know, each a sentence with its next step
public record Status(
    String version,
    String ollamaVersion,
    Instant startedAt,
    String url,
    String backendChoice,
    boolean keysInForce,
    int openExchanges,
    String configFile,
    String defaultModel,
    List<BackendView> backends,
    EngineView engine,
    List<String> notes) {}
