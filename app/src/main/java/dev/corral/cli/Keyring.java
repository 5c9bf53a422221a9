package dev.corral.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Function;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// Which key a server gets to see. One that was given (`--key`, `CORRAL_KEY`) goes along with every
/// request. The admin key of the home goes to nobody who has not proved to hold it: anything may
/// stand on that port, and a key that was shown is lost.
final class Keyring {
  private static final int CHALLENGE_BYTES = 32;

  private final String given;
  private final Path adminKey;
  private @Nullable String proven;
  private boolean asked;

  /// @param given empty for none
  Keyring(String given, Path home) {
    this.given = given;
    this.adminKey = home.resolve("admin.key");
  }

  /// The key to send along now.
  Optional<String> shown() {
    return given.isEmpty() ? Optional.ofNullable(proven) : Optional.of(given);
  }

  /// Tries to get a key that may be shown, once, after the server asked for one.
  ///
  /// @param session sends a challenge to the server and gives its `Session` document
  /// @return true where there is one now
  boolean unlock(Function<String, JsonNode> session) {
    if (asked || !given.isEmpty()) {
      return false;
    }
    asked = true;
    Optional<String> key = stored();
    if (key.isEmpty()) {
      return false;
    }
    byte[] noise = new byte[CHALLENGE_BYTES];
    new SecureRandom().nextBytes(noise);
    String challenge = HexFormat.of().formatHex(noise);
    String proof = session.apply(challenge).path("proof").asText("");
    if (MessageDigest.isEqual(bytes(proof), bytes(expected(key.get(), challenge)))) {
      proven = key.get();
    }
    return proven != null;
  }

  private Optional<String> stored() {
    try {
      return Optional.of(Files.readString(adminKey).strip()).filter(key -> !key.isEmpty());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static String expected(String key, String challenge) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(bytes(key), "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(bytes(challenge)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every JDK has HmacSHA256", e);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
