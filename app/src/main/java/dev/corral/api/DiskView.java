package dev.corral.api;

/// The disk of our own store: `GET /manage/disk`.
///
/// @param freeBytes what may still be written
/// @param reserveBytes what is left free
/// @param availableBytes what models may take: free less the reserve
public record DiskView(long totalBytes, long freeBytes, long reserveBytes, long availableBytes) {}
