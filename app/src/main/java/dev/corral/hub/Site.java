package dev.corral.hub;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.corral.outbound.Ask;
import dev.corral.outbound.Leash;
import dev.corral.outbound.NotReached;
import dev.corral.outbound.Outbound;
import dev.corral.outbound.Response;
import dev.corral.registry.Hub;
import dev.corral.registry.Ranged;
import dev.corral.registry.Trouble;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The Hub's HTTP: pages of JSON, and ranges of files. Waits where it is asked to wait a moment,
/// and asks nothing more while it was told to stay away for longer.
final class Site {
  /// A page of a listing has a thousand files.
  private static final int MOST_PAGE_BYTES = 8 << 20;

  /// A wait so short is waited for; a longer one is told.
  private static final Duration SHORT_WAIT = Duration.ofSeconds(3);

  /// After an answer that says nothing of waiting.
  private static final Duration USUAL_WAIT = Duration.ofMillis(300);

  private static final int MOST_TRIES = 3;
  private static final int PIECE = 1 << 16;

  private static final Pattern NEXT = Pattern.compile("<([^>]+)>\\s*;\\s*rel=\"?next\"?");
  private static final JsonMapper JSON = new JsonMapper();

  private final Outbound outbound;
  private final Hub hub;
  private final InstantSource clock;
  private volatile Instant quietUntil = Instant.EPOCH;

  Site(Outbound outbound, Hub hub, InstantSource clock) {
    this.outbound = outbound;
    this.hub = hub;
    this.clock = clock;
  }

  /// One page.
  ///
  /// @param next where the next one is; empty behind the last
  /// @param etag empty where the Hub gives none
  /// @param unchanged the Hub says that what was known is still right, and sends no body
  record Page(JsonNode body, Optional<URI> next, String etag, boolean unchanged) {}

  /// An address below the endpoint.
  ///
  /// @param path begins with a slash; already encoded
  URI at(String path) {
    return URI.create(hub.endpoint() + path);
  }

  /// Where a file of a repository lies.
  URI file(RepositoryName repository, String path) {
    return at("/" + repository + "/resolve/main/" + encoded(path));
  }

  boolean keyShown() {
    return hub.credential().isPresent();
  }

  URI endpoint() {
    return hub.endpoint();
  }

  /// Each segment percent-encoded.
  static String encoded(String path) {
    return Arrays.stream(path.split("/", -1))
        .map(part -> URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20"))
        .collect(Collectors.joining("/"));
  }

  /// Asks for a page of JSON.
  ///
  /// @param words for what goes wrong
  /// @param etag of what is known; empty for none
  /// @param deadline [System#nanoTime()] after which it is given up
  Answered<Page> page(URI uri, Words words, String etag, long deadline) {
    Ask plain = showing(Ask.get(uri).with("Accept", "application/json"));
    Ask ask = etag.isEmpty() ? plain : plain.with("If-None-Match", etag);
    Answered<Page> answered = once(ask, words, deadline);
    for (int i = 1; i < MOST_TRIES && waited(answered, deadline); i++) {
      answered = once(ask, words, deadline);
    }
    if (answered instanceof Answered.Not<Page>(Trouble trouble)) {
      heed(trouble);
    }
    return answered;
  }

  private void heed(Trouble trouble) {
    trouble
        .retryAfter()
        .map(clock.instant()::plus)
        .filter(quietUntil::isBefore)
        .ifPresent(until -> quietUntil = until);
  }

  private Answered<Page> once(Ask ask, Words words, long deadline) {
    Duration quiet = Duration.between(clock.instant(), quietUntil);
    if (quiet.isPositive()) {
      return new Answered.Not<>(words.quiet(quiet));
    }
    return switch (outbound.send(ask)) {
      case NotReached no -> new Answered.Not<>(Trouble.of(no));
      case Response response -> {
        try (response) {
          yield read(response, words, deadline);
        }
      }
    };
  }

  /// True where it is worth asking again, after the wait.
  private static boolean waited(Answered<Page> answered, long deadline) {
    if (!(answered instanceof Answered.Not<Page>(Trouble trouble)) || !trouble.passing()) {
      return false;
    }
    Duration wait = trouble.retryAfter().orElse(USUAL_WAIT);
    boolean late = System.nanoTime() + wait.toNanos() - deadline > 0;
    if (late || wait.compareTo(SHORT_WAIT) > 0) {
      return false;
    }
    try {
      Thread.sleep(wait);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private Answered<Page> read(Response response, Words words, long deadline) {
    if (response.status() == 304) {
      return new Answered.Got<>(new Page(JSON.missingNode(), Optional.empty(), "", true));
    }
    if (response.status() != 200) {
      return new Answered.Not<>(words.of(response, clock));
    }
    if (isPage(response)) {
      return new Answered.Not<>(words.webPage());
    }
    try {
      JsonNode body = JSON.readTree(bytes(response, deadline));
      Optional<URI> next = response.header("link").flatMap(link -> next(response.uri(), link));
      String etag = response.header("etag").orElse("");
      return new Answered.Got<>(new Page(body, next, etag, false));
    } catch (JsonProcessingException e) {
      return new Answered.Not<>(words.wrong("it answers something that is no JSON"));
    } catch (SocketTimeoutException e) {
      return new Answered.Not<>(words.away("the answer came too slowly"));
    } catch (TooLarge e) {
      return new Answered.Not<>(words.wrong("its answer is larger than any listing's page"));
    } catch (IOException e) {
      return new Answered.Not<>(words.away("the connection broke off"));
    }
  }

  /// The body is larger than is read.
  private static final class TooLarge extends IOException {
    private static final long serialVersionUID = 1;
  }

  private static byte[] bytes(Response response, long deadline) throws IOException {
    InputStream in = response.body();
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] piece = new byte[PIECE];
    for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
      all.write(piece, 0, n);
      if (all.size() > MOST_PAGE_BYTES) {
        throw new TooLarge();
      }
      if (System.nanoTime() - deadline > 0) {
        throw new SocketTimeoutException();
      }
    }
    return all.toByteArray();
  }

  private static boolean isPage(Response response) {
    return response.header("content-type").orElse("").startsWith("text/html");
  }

  /// The next page, always at our endpoint: a mirror may pass on the Hub's own addresses, and a
  /// listing has no say in which host is asked.
  private Optional<URI> next(URI from, String link) {
    Matcher next = NEXT.matcher(link);
    if (!next.find()) {
      return Optional.empty();
    }
    try {
      URI to = from.resolve(next.group(1));
      String prefix = Optional.ofNullable(hub.endpoint().getRawPath()).orElse("");
      String path = Optional.ofNullable(to.getRawPath()).orElse("");
      String below = path.startsWith(prefix) ? path.substring(prefix.length()) : path;
      return Optional.of(at(below + (to.getRawQuery() == null ? "" : "?" + to.getRawQuery())));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /// Asks for a range of a file, both ends inclusive.
  ///
  /// @param size of the whole file, as the listing has it
  Ranged range(URI uri, long size, long first, long last, Words words, Leash leash) {
    Ask ask = showing(Ask.get(uri).with("Range", "bytes=" + first + "-" + last)).on(leash);
    Duration quiet = Duration.between(clock.instant(), quietUntil);
    if (quiet.isPositive()) {
      return words.quiet(quiet);
    }
    return switch (outbound.send(ask)) {
      case NotReached no -> Trouble.of(no);
      case Response response -> {
        Optional<Trouble> wrong = contradiction(response, size, first, last, words);
        if (wrong.isPresent()) {
          response.close();
          heed(wrong.get());
          yield wrong.get();
        }
        yield Ranged.part(response, first);
      }
    };
  }

  private Optional<Trouble> contradiction(
      Response response, long size, long first, long last, Words words) {
    if (response.status() != 200 && response.status() != 206) {
      return Optional.of(words.of(response, clock));
    }
    if (isPage(response)) {
      return Optional.of(words.webPage());
    }
    return Ranged.contradiction(response, first, last, size, "a file", "its listing")
        .map(words::wrong);
  }

  private Ask showing(Ask ask) {
    return hub.credential().map(ask::showing).orElse(ask);
  }
}
