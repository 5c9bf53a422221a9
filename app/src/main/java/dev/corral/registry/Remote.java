package dev.corral.registry;

import dev.corral.model.Digest;
import dev.corral.model.Manifest;
import dev.corral.model.ModelName;
import dev.corral.outbound.Ask;
import dev.corral.outbound.Leash;
import dev.corral.outbound.NotReached;
import dev.corral.outbound.Origin;
import dev.corral.outbound.Outbound;
import dev.corral.outbound.Reached;
import dev.corral.outbound.Response;
import java.io.IOException;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;

/// One model at its registry. Several threads may ask for parts of its blobs at once; they share
/// the token, and the address to which blobs are redirected.
public final class Remote {
  private static final String MANIFEST_TYPE =
      "application/vnd.docker.distribution.manifest.v2+json";

  private final Outbound outbound;
  private final ModelName name;
  private final URI base;
  private final Leash leash;
  private final Troubles troubles;
  private final Door door;
  private final Map<Digest, Direct> direct = new ConcurrentHashMap<>();

  /// Where a blob really lies.
  ///
  /// @param by who said so
  private record Direct(URI uri, Origin by) {}

  Remote(
      Outbound outbound,
      ModelName name,
      URI base,
      Optional<Ask.Credential> credential,
      Leash leash,
      InstantSource clock) {
    this.outbound = outbound;
    this.name = name;
    this.base = base;
    this.leash = leash;
    this.troubles = new Troubles(name, base.getAuthority(), credential.isPresent(), clock);
    this.door = new Door(outbound, credential, troubles);
  }

  /// What the registry has under the name now.
  public Fetched manifest() {
    Ask ask = Ask.get(path("manifests/" + name.tag())).with("Accept", MANIFEST_TYPE).on(leash);
    return switch (door.send(ask)) {
      case Trouble trouble -> trouble;
      case Door.Answered answered -> {
        try (Response response = answered.response()) {
          yield response.status() == 200 ? read(response) : troubles.ofManifest(response);
        }
      }
    };
  }

  private Fetched read(Response response) {
    try {
      Optional<byte[]> bytes = response.bytes(Manifest.MAX_BYTES);
      if (bytes.isEmpty()) {
        return troubles.wrong("the manifest is larger than any manifest is");
      }
      if (looksLikePage(response, bytes.get())) {
        return troubles.page();
      }
      Manifest manifest = Manifest.parse(bytes.get());
      if (twoSizes(manifest)) {
        return troubles.wrong("the manifest makes no sense: it gives one blob two sizes");
      }
      return new Fetched.Found(bytes.get(), manifest, Digest.of(bytes.get()));
    } catch (IllegalArgumentException e) {
      return troubles.wrong("the manifest makes no sense: " + e.getMessage());
    } catch (SocketTimeoutException e) {
      return troubles.away("the manifest came too slowly");
    } catch (IOException e) {
      return troubles.away("the connection broke off");
    }
  }

  private static boolean twoSizes(Manifest manifest) {
    Map<Digest, Long> sizes = new HashMap<>();
    return manifest.blobs().stream()
        .anyMatch(layer ->
            Objects.requireNonNullElse(
                    sizes.putIfAbsent(layer.digest(), layer.size()), layer.size())
                != layer.size());
  }

  private static boolean looksLikePage(Response response, byte[] bytes) {
    return response.header("content-type").orElse("").startsWith("text/html")
        || (bytes.length > 0 && bytes[0] == '<');
  }

  /// Asks for a range of a blob.
  ///
  /// @param first offset of the first byte
  /// @param last offset of the last byte, inclusive
  /// @param size of the whole blob, as the manifest says
  /// @return the part, which the caller closes
  public Ranged range(Digest digest, long first, long last, long size) {
    Direct known = direct.get(digest);
    if (known != null) {
      Ask ask = Ask.get(known.uri()).with("Range", "bytes=" + first + "-" + last).ledBy(known.by());
      Reached reached = outbound.send(ask.on(leash));
      if (reached instanceof Response response) {
        if (response.status() == 206 || response.status() == 200) {
          return judged(response, first, last, size);
        }
        response.close(); // signed addresses expire: the long way leads to a new one
      }
      boolean _ = direct.remove(digest, known);
    }
    return theLongWay(digest, first, last, size);
  }

  private Ranged theLongWay(Digest digest, long first, long last, long size) {
    URI uri = path("blobs/" + digest);
    Ask ask = Ask.get(uri).with("Range", "bytes=" + first + "-" + last).on(leash);
    return switch (door.send(ask)) {
      case Trouble trouble -> trouble;
      case Door.Answered answered -> {
        Response response = answered.response();
        if (response.status() != 206 && response.status() != 200) {
          try (response) {
            yield troubles.ofBlob(response);
          }
        }
        Optional<String> location = response.header("location");
        if (location.isPresent()) {
          // Mirrors for Ollama may answer so instead of redirecting (reference/ollama.md 3).
          response.close();
          yield pointed(digest, response.uri(), location.get(), first, last, size);
        }
        if (!response.uri().equals(uri)) {
          remember(digest, response.uri(), uri);
        }
        yield judged(response, first, last, size);
      }
    };
  }

  private Ranged pointed(
      Digest digest, URI from, String location, long first, long last, long size) {
    URI to;
    try {
      to = from.resolve(location);
    } catch (IllegalArgumentException e) {
      return troubles.wrong("it leads to something that is no address");
    }
    remember(digest, to, from);
    Ask ask =
        Ask.get(to)
            .with("Range", "bytes=" + first + "-" + last)
            .ledBy(Origin.of(from).orElseThrow());
    return switch (outbound.send(ask.on(leash))) {
      case NotReached no -> troubles.of(no);
      case Response response -> judged(response, first, last, size);
    };
  }

  /// Whether the registry has a blob already.
  public Pushed has(Digest digest) {
    Ask ask = Ask.get(path("blobs/" + digest)).method("HEAD").on(leash);
    return switch (door.send(ask)) {
      case Trouble trouble -> trouble;
      case Door.Answered answered -> {
        try (Response response = answered.response()) {
          yield switch (response.status()) {
            case 200 -> new Pushed.There();
            case 404 -> new Pushed.Absent();
            default -> troubles.ofPush(response);
          };
        }
      }
    };
  }

  /// Sends a blob.
  ///
  /// @param file whose first `size` bytes are the blob
  /// @param sent told the bytes sent so far
  public Pushed send(Digest digest, FileChannel file, long size, LongConsumer sent) {
    return new Upload(door, troubles, leash, file, size, sent).send(path("blobs/uploads/"), digest);
  }

  /// Puts a manifest under the name, once all its blobs are there.
  public Pushed publish(byte[] manifest) {
    Ask ask =
        Ask.get(path("manifests/" + name.tag()))
            .method("PUT")
            .with("Content-Type", MANIFEST_TYPE)
            .sending(new Whole(manifest))
            .on(leash);
    return door.push(ask);
  }

  @SuppressWarnings("ArrayRecordComponent") // written once, never compared
  private record Whole(byte[] bytes) implements Ask.Payload {
    @Override
    public long length() {
      return bytes.length;
    }

    @Override
    public void writeTo(OutputStream sink) throws IOException {
      sink.write(bytes);
    }
  }

  private void remember(Digest digest, URI uri, URI by) {
    Origin.of(by).ifPresent(origin -> direct.put(digest, new Direct(uri, origin)));
  }

  private Ranged judged(Response response, long first, long last, long size) {
    Optional<Trouble> no = contradiction(response, first, last, size);
    if (no.isPresent()) {
      response.close();
      return no.get();
    }
    return Ranged.part(response, first);
  }

  private Optional<Trouble> contradiction(Response response, long first, long last, long size) {
    if (response.header("content-type").orElse("").startsWith("text/html")) {
      return Optional.of(troubles.page());
    }
    if (response.status() != 206 && response.status() != 200) {
      return Optional.of(troubles.ofBlob(response));
    }
    return Ranged.contradiction(response, first, last, size, "a blob", "the manifest")
        .map(troubles::wrong);
  }

  private URI path(String rest) {
    return URI.create(base + "/v2/" + name.namespace() + "/" + name.model() + "/" + rest);
  }
}
