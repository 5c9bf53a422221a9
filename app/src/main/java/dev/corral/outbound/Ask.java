package dev.corral.outbound;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One request.
///
/// @param headers sent to every host on the way; never credentials
/// @param credential sent to its own origin and to no other
/// @param payload what is sent with it; null for nothing
/// @param ledBy who led here earlier, so that this is judged as a redirect of theirs; mostly empty
/// @param leash by which it can be ended
public record Ask(
    String method,
    URI uri,
    Map<String, String> headers,
    Optional<Credential> credential,
    @Nullable Payload payload,
    Optional<Origin> ledBy,
    Leash leash) {
  /// An `Authorization` value and the one origin that may see it.
  public record Credential(Origin origin, String authorization) {
    /// Keys stay out of logs.
    @Override
    public String toString() {
      return "credential for " + origin;
    }
  }

  /// A body of known length, written when its turn comes.
  public interface Payload {
    long length();

    void writeTo(OutputStream sink) throws IOException;
  }

  public Ask {
    headers = Map.copyOf(headers);
  }

  public static Ask get(URI uri) {
    return new Ask("GET", uri, Map.of(), Optional.empty(), null, Optional.empty(), new Leash());
  }

  public Ask method(String name) {
    return new Ask(name, uri, headers, credential, payload, ledBy, leash);
  }

  public Ask with(String name, String value) {
    Map<String, String> more = new HashMap<>(headers);
    more.put(name, value);
    return new Ask(method, uri, more, credential, payload, ledBy, leash);
  }

  public Ask showing(Credential one) {
    return new Ask(method, uri, headers, Optional.of(one), payload, ledBy, leash);
  }

  public Ask sending(Payload body) {
    return new Ask(method, uri, headers, credential, body, ledBy, leash);
  }

  public Ask ledBy(Origin origin) {
    return new Ask(method, uri, headers, credential, payload, Optional.of(origin), leash);
  }

  public Ask on(Leash one) {
    return new Ask(method, uri, headers, credential, payload, ledBy, one);
  }

  Ask at(URI other) {
    return new Ask(method, other, headers, credential, payload, ledBy, leash);
  }

  /// Only what changes nothing is asked again elsewhere.
  boolean followsRedirects() {
    return method.equals("GET") || method.equals("HEAD");
  }
}
