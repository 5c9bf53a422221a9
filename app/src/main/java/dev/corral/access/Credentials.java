package dev.corral.access;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a request shows of itself, before anybody asked whether it is right. All carriers count
/// alike, so that a restriction of a key holds in each of them.
public sealed interface Credentials {
  /// Ours have 50 characters; more than this is not worth hashing.
  int LONGEST = 512;

  record None() implements Credentials {}

  /// @param secret not empty, not longer than [#LONGEST]
  record Shown(String secret) implements Credentials {
    @Override
    public String toString() {
      return "Shown";
    }
  }

  /// Two different keys in one request: nobody can say which one counts.
  record Contradiction() implements Credentials {}

  /// Something that cannot be a key: empty, far too long, or of an unknown scheme.
  record Unusable() implements Credentials {}

  /// Reads every `Authorization` header (Bearer, or Basic with the key as password or user) and
  /// every `x-api-key` header of a request.
  static Credentials from(List<String> authorization, List<String> apiKeys) {
    if (authorization.isEmpty() && apiKeys.isEmpty()) {
      return new None();
    }
    Set<String> secrets = new LinkedHashSet<>();
    boolean unusable = false;
    for (String header : authorization) {
      Set<String> found = ofAuthorization(header.strip());
      unusable |= found.isEmpty();
      secrets.addAll(found);
    }
    for (String header : apiKeys) {
      secrets.add(header.strip());
    }
    unusable |= secrets.stream().anyMatch(secret -> secret.isEmpty() || secret.length() > LONGEST);
    if (secrets.size() > 1) {
      return new Contradiction();
    }
    return unusable || secrets.isEmpty() ? new Unusable() : new Shown(secrets.iterator().next());
  }

  private static Set<String> ofAuthorization(String header) {
    int space = header.indexOf(' ');
    String scheme = (space < 0 ? header : header.substring(0, space)).toLowerCase(Locale.ROOT);
    String rest = space < 0 ? "" : header.substring(space + 1).strip();
    return switch (scheme) {
      case "bearer" -> Set.of(rest);
      case "basic" -> rest.length() > 2 * LONGEST ? Set.of() : ofBasic(rest);
      default -> Set.of();
    };
  }

  /// `user:password`: whichever looks like one of our keys counts; else the password, and the user
  /// where there is no password.
  private static Set<String> ofBasic(String encoded) {
    Optional<String> pair = decoded(encoded);
    if (pair.isEmpty()) {
      return Set.of();
    }
    int colon = pair.get().indexOf(':');
    String user = colon < 0 ? pair.get() : pair.get().substring(0, colon);
    String password = colon < 0 ? "" : pair.get().substring(colon + 1);
    boolean userIsKey = user.startsWith(Secret.PREFIX);
    boolean passwordIsKey = password.startsWith(Secret.PREFIX);
    if (userIsKey && passwordIsKey) {
      return user.equals(password) ? Set.of(user) : Set.of(user, password);
    }
    return Set.of(userIsKey || password.isEmpty() ? user : password);
  }

  private static Optional<String> decoded(String encoded) {
    byte @Nullable [] bytes;
    try {
      bytes = Base64.getDecoder().decode(encoded);
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (IllegalArgumentException | CharacterCodingException e) {
      return Optional.empty();
    }
  }
}
