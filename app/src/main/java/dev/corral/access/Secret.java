package dev.corral.access;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;

/// Making and hashing what a caller shows.
///
/// A secret is `corral_` and 256 random bits in 43 letters and digits. With so many bits a plain
/// SHA-256 cannot be turned back, and a slow hash would only slow down every request.
final class Secret {
  static final String PREFIX = "corral_";

  private static final String ALPHABET =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final int BITS = 256;

  /// 62 to the 43rd is the first power of 62 above 2 to the 256th.
  private static final int LENGTH = 43;

  /// Four letters behind the prefix: enough to tell keys apart, useless for guessing the others.
  private static final int HINT_LENGTH = PREFIX.length() + 4;

  private static final SecureRandom RANDOM = new SecureRandom();

  private Secret() {}

  static String random() {
    BigInteger rest = new BigInteger(BITS, RANDOM);
    BigInteger base = BigInteger.valueOf(ALPHABET.length());
    char[] letters = new char[LENGTH];
    for (int i = LENGTH - 1; i >= 0; i--) {
      BigInteger[] parts = rest.divideAndRemainder(base);
      letters[i] = ALPHABET.charAt(parts[1].intValue());
      rest = parts[0];
    }
    return PREFIX + new String(letters);
  }

  static String randomId() {
    byte[] bytes = new byte[16];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  static String hint(String secret) {
    return secret.substring(0, HINT_LENGTH);
  }

  static Hash hash(String secret) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      return Hash.of(sha256.digest(secret.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }

  /// All 256 bits, as four numbers: a map finds it without making garbage, and two secrets that
  /// share a beginning share nothing here.
  record Hash(long a, long b, long c, long d) {
    static Hash of(byte[] digest) {
      ByteBuffer bytes = ByteBuffer.wrap(digest);
      return new Hash(bytes.getLong(), bytes.getLong(), bytes.getLong(), bytes.getLong());
    }

    static Hash ofHex(String hex) {
      return of(HexFormat.of().parseHex(hex));
    }

    String hex() {
      ByteBuffer bytes = ByteBuffer.allocate(32);
      bytes.putLong(a).putLong(b).putLong(c).putLong(d);
      return HexFormat.of().formatHex(bytes.array());
    }

    /// Takes the same time wherever the difference lies.
    @Override
    public boolean equals(Object other) {
      return other instanceof Hash hash
          && ((a ^ hash.a) | (b ^ hash.b) | (c ^ hash.c) | (d ^ hash.d)) == 0;
    }

    @Override
    public int hashCode() {
      return Long.hashCode(a);
    }

    /// A hash belongs in no log either.
    @Override
    public String toString() {
      return "hash";
    }
  }
}
