package dev.corral.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.corral.outbound.Ask;
import dev.corral.outbound.NotReached;
import dev.corral.outbound.Origin;
import dev.corral.outbound.Outbound;
import dev.corral.outbound.Response;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Gets past a registry's door: shows the key or the token, and fetches a token where a 401 says
/// where one is to be had. The realm must be the very origin that asked for it; a token given away
/// elsewhere was CVE-2025-51471 of Ollama.
final class Door {
  private static final int MOST_TOKEN_BYTES = 64 * 1024;
  private static final JsonMapper JSON = new JsonMapper();

  private final Outbound outbound;
  private final Optional<Ask.Credential> key;
  private final Troubles troubles;
  private final ReentrantLock fetching = new ReentrantLock();
  private volatile Ask.@Nullable Credential token;

  Door(Outbound outbound, Optional<Ask.Credential> key, Troubles troubles) {
    this.outbound = outbound;
    this.key = key;
    this.troubles = troubles;
  }

  sealed interface Sent permits Answered, Trouble {}

  /// Any status but a 401 for which a token was to be had.
  record Answered(Response response) implements Sent {}

  Sent send(Ask ask) {
    Ask.Credential shown = token;
    Ask first = shown != null ? ask.showing(shown) : key.map(ask::showing).orElse(ask);
    return switch (outbound.send(first)) {
      case NotReached no -> troubles.of(no);
      case Response response when response.status() != 401 -> new Answered(response);
      case Response response -> challenged(ask, response, shown);
    };
  }

  /// Sends what a registry takes or refuses.
  Pushed push(Ask ask) {
    return switch (send(ask)) {
      case Trouble trouble -> trouble;
      case Answered answered -> {
        try (Response response = answered.response()) {
          yield response.status() / 100 == 2 ? new Pushed.There() : troubles.ofPush(response);
        }
      }
    };
  }

  private Sent challenged(Ask ask, Response refused, Ask.@Nullable Credential shown) {
    Optional<Challenge> challenge =
        refused.headers("www-authenticate").stream()
            .flatMap(header -> Challenge.parse(header).stream())
            .findFirst();
    Optional<Origin> asker = Origin.of(refused.uri());
    if (challenge.isEmpty() || asker.isEmpty()) {
      return new Answered(refused);
    }
    refused.close();
    if (!Origin.of(challenge.get().realm()).equals(asker)) {
      return troubles.foreignRealm(challenge.get().realm().getAuthority());
    }
    return switch (fetched(challenge.get(), asker.get(), ask, shown)) {
      case NoToken none -> none.trouble();
      case Token fresh ->
          switch (outbound.send(ask.showing(fresh.credential()))) {
            case NotReached no -> troubles.of(no);
            case Response response -> new Answered(response);
          };
    };
  }

  private sealed interface Had {}

  private record Token(Ask.Credential credential) implements Had {}

  private record NoToken(Trouble trouble) implements Had {}

  private Had fetched(Challenge challenge, Origin asker, Ask ask, Ask.@Nullable Credential shown) {
    fetching.lock();
    try {
      Ask.Credential current = token;
      if (current != null && !current.equals(shown)) {
        return new Token(current); // somebody else has just fetched it
      }
      Ask forToken = Ask.get(challenge.address()).on(ask.leash());
      return switch (outbound.send(key.map(forToken::showing).orElse(forToken))) {
        case NotReached no -> new NoToken(troubles.of(no));
        case Response response -> {
          try (response) {
            yield read(response, asker);
          }
        }
      };
    } finally {
      fetching.unlock();
    }
  }

  private Had read(Response response, Origin asker) {
    if (response.status() != 200) {
      return new NoToken(troubles.ofManifest(response));
    }
    try {
      Optional<byte[]> bytes = response.bytes(MOST_TOKEN_BYTES);
      JsonNode tree = JSON.readTree(bytes.orElse(new byte[0]));
      String text = tree.path("token").asText(tree.path("access_token").asText(""));
      if (!text.isEmpty() && text.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
        Ask.Credential fresh = new Ask.Credential(asker, "Bearer " + text);
        token = fresh;
        return new Token(fresh);
      }
    } catch (IOException e) {
      // No JSON, or cut off: told below like an empty one.
    }
    return new NoToken(troubles.wrong("it gives no token where it says that it would"));
  }
}
