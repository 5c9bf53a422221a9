package dev.corral.upstream;

import java.io.InputStream;
import java.util.Map;

/// A request to a backend inside this program.
///
/// @param path path and query, as they were asked
/// @param headers names in lower case; of a name that came twice the last value; `content-length`
///   where the length of the body is known
/// @param body blocks until bytes come; fails with an `IOException` once the caller has left
public record Asked(String method, String path, Map<String, String> headers, InputStream body) {}
