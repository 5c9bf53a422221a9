package dev.corral.api;

/// RFC 9457 problem document with our member `next`: what to do now.
public record ProblemView(String type, String title, int status, String detail, String next) {}
