package dev.corral.runner.http;

/// A request as it came.
///
/// @param path without its query
/// @param body closed as soon as it was taken apart
/// @param keepsAlive whether another one may follow on the same connection
record Request(String method, String path, Bodies.Body body, boolean keepsAlive) {}
