package dev.corral.outbound;

import dev.corral.outbound.NotReached.Why;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import javax.net.ssl.SSLSocketFactory;

/// Asks hosts that data chose. Each hop is judged anew: the host by the list, the address by what
/// its name means at that moment, and the connection goes to that very address. Credentials stay
/// with their origin. Each request has a connection of its own.
///
/// Why not the JDK's client: it looks a name up by itself, after any check of ours, so that a name
/// which changes its mind between the two would win.
public final class Outbound {
  /// A registry needs one; a signed address behind it sometimes a second.
  private static final int MOST_REDIRECTS = 5;

  private final Destinations destinations;
  private final Connector connector;
  private final String agent;

  /// @param tls for connections by https: the JDK's own, or one that trusts a test's certificate;
  ///   asked when one is made, because reading all certificates takes a tenth of a start
  /// @param agent value of `User-Agent`
  public Outbound(
      Destinations destinations,
      Lookup lookup,
      Proxies proxies,
      Supplier<SSLSocketFactory> tls,
      Patience patience,
      String agent) {
    this.destinations = destinations;
    this.connector = new Connector(lookup, proxies, tls, patience);
    this.agent = agent;
  }

  public Destinations destinations() {
    return destinations;
  }

  /// Sends the request, follows what it may, and returns with the head of the answer.
  ///
  /// @return a response, which the caller closes, or why there is none
  public Reached send(Ask ask) {
    Ask hop = ask;
    Optional<Origin> before = ask.ledBy();
    Set<URI> been = new HashSet<>();
    try {
      for (int i = 0; i <= MOST_REDIRECTS; i++) {
        Hop judged = judged(hop.uri(), before);
        Origin origin = judged.origin();
        Response response = exchange(hop, judged);
        Optional<String> location = response.location();
        if (location.isEmpty() || !ask.followsRedirects()) {
          return response;
        }
        response.close();
        been.add(hop.uri());
        hop = hop.at(target(hop.uri(), location.get(), origin));
        if (been.contains(hop.uri())) {
          break;
        }
        before = Optional.of(origin);
      }
      return new NotReached(
          Why.NOT_ALLOWED,
          ask.uri().getHost() + " redirects in a circle or too often",
          "Tell whoever runs it.");
    } catch (Broken broken) {
      return broken.reason();
    } catch (IOException e) {
      return failure(e, hop.uri());
    }
  }

  /// @param named whether the operator named it: then it may be a private address
  private record Hop(Origin origin, boolean named) {}

  private Hop judged(URI uri, Optional<Origin> before) throws IOException {
    Origin origin =
        Origin.of(uri)
            .orElseThrow(
                () -> new Broken(Why.NOT_ALLOWED, "the address is not one that may be asked", ""));
    boolean listed =
        before.isEmpty() ? destinations.mayBeAsked(origin) : destinations.mayBeLedTo(origin);
    if (listed) {
      return new Hop(origin, destinations.named(origin));
    }
    if (before.isPresent() && samePlace(before.get(), origin)) {
      return new Hop(origin, true);
    }
    String leads = before.map(from -> from.authority() + " redirects to ").orElse("");
    throw new Broken(
        Why.NOT_ALLOWED,
        leads
            + origin
            + (leads.isEmpty() ? " is" : ", which is")
            + " not among the hosts that may be asked",
        "If you trust it, add it to corral.yaml: " + entry(origin));
  }

  private static String entry(Origin origin) {
    return origin.tls() && !Addresses.looksPrivate(origin.host())
        ? "pull.hosts: [default, hf.co, " + origin.authority() + "]"
        : "pull.registries: [\""
            + origin
            + "\"]"
            + (origin.tls() ? ", with http:// where it speaks plain HTTP" : "");
  }

  /// True where a registry that the operator named leads to itself by another name, such as
  /// `localhost` for `127.0.0.1`: registries for Ollama must redirect to another name.
  private boolean samePlace(Origin from, Origin to) throws IOException {
    if (!destinations.named(from) || from.port() != to.port() || from.tls() != to.tls()) {
      return false;
    }
    return connector.addresses(to.host()).stream()
        .anyMatch(new HashSet<>(connector.addresses(from.host()))::contains);
  }

  private Response exchange(Ask ask, Hop hop) throws IOException {
    Connection connection = connector.connect(hop.origin(), hop.named(), ask.leash());
    try {
      return connection.send(ask, agent);
    } catch (IOException e) {
      connection.close();
      throw e;
    }
  }

  private static URI target(URI from, String location, Origin origin) throws IOException {
    try {
      URI to = from.resolve(new URI(location));
      URI bare = new URI(to.toString().replaceFirst("#.*", ""));
      boolean downgrade = origin.tls() && !"https".equalsIgnoreCase(bare.getScheme());
      if (!downgrade) {
        return bare;
      }
    } catch (URISyntaxException | IllegalArgumentException e) {
      throw new Broken(
          Why.BAD_ANSWER, origin.authority() + " redirects to something that is no address", "");
    }
    throw new Broken(
        Why.NOT_ALLOWED,
        origin.authority() + " redirects from https to something else, which is not followed",
        "Tell whoever runs it.");
  }

  private static NotReached failure(IOException e, URI uri) {
    String host = Origin.of(uri).map(Origin::authority).orElse("the host");
    return e instanceof SocketTimeoutException
        ? new NotReached(Why.SILENT, host + " did not answer in time", "Try again later.")
        : new NotReached(
            Why.UNREACHABLE,
            "the connection to " + host + " broke off",
            "Try again; if it stays so, look at the network or at HTTPS_PROXY.");
  }

  /// Looks a name up. The wiring gives the system's; a test one that changes its mind.
  @FunctionalInterface
  public interface Lookup {
    List<InetAddress> addresses(String host) throws IOException;

    static Lookup system() {
      return host -> Arrays.asList(InetAddress.getAllByName(host));
    }
  }
}
