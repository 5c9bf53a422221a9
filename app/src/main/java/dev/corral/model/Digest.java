package dev.corral.model;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/// The identity of bytes: their SHA-256.
///
/// @param hex 64 hexadecimal digits, lower case
public record Digest(String hex) {
  private static final int HEX_DIGITS = 64;
  private static final String PREFIX = "sha256";

  public Digest {
    if (!valid(hex)) {
      throw new IllegalArgumentException("A digest is 64 hexadecimal digits in lower case");
    }
  }

  /// Reads `sha256:…`, and `sha256-…` as files are named. Upper case is not taken: two spellings of
  /// one identity would be two files.
  public static Optional<Digest> parse(String text) {
    boolean form =
        text.length() == PREFIX.length() + 1 + HEX_DIGITS
            && text.startsWith(PREFIX)
            && (text.charAt(PREFIX.length()) == ':' || text.charAt(PREFIX.length()) == '-');
    String hex = form ? text.substring(PREFIX.length() + 1) : "";
    return valid(hex) ? Optional.of(new Digest(hex)) : Optional.empty();
  }

  /// The digest of bytes that are in memory.
  public static Digest of(byte[] bytes) {
    return new Digest(HexFormat.of().formatHex(sha256().digest(bytes)));
  }

  /// What a finished hash says.
  public static Digest of(MessageDigest sha256) {
    return new Digest(HexFormat.of().formatHex(sha256.digest()));
  }

  /// A new hash of the kind that digests are made with.
  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }

  private static boolean valid(String hex) {
    return hex.length() == HEX_DIGITS
        && hex.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
  }

  /// The first twelve digits, as listings and pull statuses show it.
  public String brief() {
    return hex.substring(0, 12);
  }

  @Override
  public String toString() {
    return PREFIX + ":" + hex;
  }
}
