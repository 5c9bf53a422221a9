package dev.corral.templates;

/// A run of characters of one origin.
///
/// @param userSupplied true where the characters came with the request: never to be read as control
///   tokens
public record Segment(String text, boolean userSupplied) {}
