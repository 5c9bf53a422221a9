package dev.corral.outbound;

import dev.corral.outbound.NotReached.Why;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/// Looks up, checks, connects to what was checked, and secures the connection by name.
final class Connector {
  /// More addresses of one name are not tried: each may take its time to fail.
  private static final int MOST_ADDRESSES = 4;

  private static final String LOOK_AT_NETWORK =
      "Is this machine online? Behind a proxy, set HTTPS_PROXY.";

  private final Outbound.Lookup lookup;
  private final Proxies proxies;
  private final Supplier<SSLSocketFactory> tls;
  private final Patience patience;

  Connector(
      Outbound.Lookup lookup, Proxies proxies, Supplier<SSLSocketFactory> tls, Patience patience) {
    this.lookup = lookup;
    this.proxies = proxies;
    this.tls = tls;
    this.patience = patience;
  }

  /// @param named whether the operator named this origin, which may then be a private address
  Connection connect(Origin origin, boolean named, Leash leash) throws IOException {
    Optional<Proxies.Proxy> proxy = proxies.towards(origin);
    Socket socket =
        proxy.isPresent()
            ? through(proxy.get(), origin, named, leash)
            : direct(origin, named, leash);
    try {
      return new Connection(
          origin.tls() ? secured(socket, origin, leash) : socket, origin, patience, leash);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /// What the name means now.
  List<InetAddress> addresses(String host) throws IOException {
    FutureTask<List<InetAddress>> asked = new FutureTask<>(() -> lookup.addresses(host));
    Thread.ofVirtual().name("look up " + host).start(asked);
    try {
      return asked.get(patience.connect().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new Broken(
          Why.UNREACHABLE,
          e.getCause() instanceof UnknownHostException
              ? "there is no host called " + host
              : "the name " + host + " could not be looked up",
          LOOK_AT_NETWORK);
    } catch (TimeoutException e) {
      throw new Broken(
          Why.SILENT, "the name " + host + " could not be looked up in time", LOOK_AT_NETWORK);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SocketException("interrupted");
    }
  }

  private Socket direct(Origin origin, boolean named, Leash leash) throws IOException {
    List<InetAddress> found = addresses(origin.host());
    List<InetAddress> allowed =
        found.stream()
            .filter(address -> named ? !Addresses.never(address) : Addresses.isPublic(address))
            .limit(MOST_ADDRESSES)
            .toList();
    if (allowed.isEmpty()) {
      throw forbidden(origin, named);
    }
    return first(allowed, origin, leash);
  }

  private static Broken forbidden(Origin origin, boolean named) {
    return new Broken(
        Why.NOT_ALLOWED,
        origin.host() + " leads to an address that may not be asked",
        named
            ? ""
            : "If it is a registry of your own, name it in corral.yaml: pull.registries: [\""
                + origin
                + "\"]");
  }

  private Socket first(List<InetAddress> addresses, Origin origin, Leash leash) throws IOException {
    IOException last = new IOException("no address");
    for (InetAddress address : addresses) {
      Socket socket = new Socket();
      leash.attach(socket);
      try {
        socket.connect(
            new InetSocketAddress(address, origin.port()), (int) patience.connect().toMillis());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) patience.silence().toMillis());
        return socket;
      } catch (IOException e) {
        last = e;
        socket.close();
        if (leash.isCut() || Thread.currentThread().isInterrupted()) {
          throw e;
        }
      } finally {
        leash.release(socket);
      }
    }
    boolean silent = last instanceof SocketTimeoutException;
    throw new Broken(
        silent ? Why.SILENT : Why.UNREACHABLE,
        silent
            ? origin.authority() + " does not take a connection"
            : "nobody answers at " + origin.authority(),
        LOOK_AT_NETWORK);
  }

  /// The proxy looks the name up, so the address cannot be checked here; the host was, and the
  /// operator chose the proxy. A name that is an address already is judged all the same.
  private Socket through(Proxies.Proxy proxy, Origin origin, boolean named, Leash leash)
      throws IOException {
    if (origin.host().matches("[0-9.]+|.*:.*")) {
      InetAddress literal = InetAddress.getByName(origin.host());
      if (named ? Addresses.never(literal) : !Addresses.isPublic(literal)) {
        throw forbidden(origin, named);
      }
    }
    Socket plain = first(addresses(proxy.at().host()), proxy.at(), leash);
    try {
      Socket socket = proxy.at().tls() ? secured(plain, proxy.at(), leash) : plain;
      Connection tunnel = new Connection(socket, proxy.at(), patience, leash);
      int status = tunnel.tunnel(origin, proxy.authorization());
      leash.release(tunnel);
      if (status / 100 != 2) {
        throw new Broken(
            Why.UNREACHABLE,
            "the proxy "
                + proxy.at().authority()
                + " refuses to connect to "
                + origin.authority()
                + " ("
                + status
                + ")",
            "Look at HTTPS_PROXY and NO_PROXY.");
      }
      return socket;
    } catch (IOException e) {
      plain.close();
      throw e;
    }
  }

  private Socket secured(Socket plain, Origin origin, Leash leash) throws IOException {
    leash.attach(plain);
    try {
      SSLSocket socket =
          (SSLSocket) tls.get().createSocket(plain, origin.host(), origin.port(), true);
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      return socket;
    } catch (SSLException e) {
      throw new Broken(
          Why.TLS,
          "no safe connection to " + origin.authority() + " (" + words(e) + ")",
          "Is it the right host? A certificate of your own must be known to the Java that runs"
              + " Corral.");
    } finally {
      leash.release(plain);
    }
  }

  private static String words(SSLException e) {
    String text = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    if (text.contains("expired") || text.contains("validity")) {
      return "its certificate has expired";
    }
    if (text.contains("subject alternative") || text.contains("no name matching")) {
      return "its certificate is for another name";
    }
    if (text.contains("certification path") || text.contains("trust")) {
      return "its certificate is signed by nobody we know";
    }
    if (text.contains("plaintext") || text.contains("unsupported or unrecognized")) {
      return "it does not speak TLS there";
    }
    return "the TLS handshake failed";
  }
}
