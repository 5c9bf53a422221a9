package dev.corral.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A server double on a loopback port: real sockets, a virtual thread per connection, faults on
/// command, and a record of every request. Safe to use from several threads; [#close()] ends all
/// connections.
public abstract sealed class Node implements AutoCloseable
    permits TalkingNode, RecordedNode, RegistryDouble, HubDouble, LlamaServerDouble {
  /// Enough for a test that opens a thousand connections at once.
  private static final int BACKLOG = 1024;

  /// How long a port that was asked for is tried.
  private static final Duration BINDING = Await.LONG;

  private final int port;
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
  private final Set<Socket> hanging = ConcurrentHashMap.newKeySet();
  private final List<Exchange> exchanges = new CopyOnWriteArrayList<>();
  private final Strikes<Fault> faults = new Strikes<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private volatile @Nullable ServerSocket listener;
  private volatile @Nullable Thread acceptor;
  private volatile boolean reading = true;

  /// Binds at once.
  ///
  /// @param port 0 for any free one
  /// @throws UncheckedIOException when the port is taken
  Node(int port) {
    ServerSocket bound = bind(port);
    this.port = bound.getLocalPort();
    listener = bound;
  }

  /// Starts to accept: the last step of the factories, when the double is fully built.
  void open() {
    ServerSocket bound = listener;
    if (bound != null) {
      accept(bound);
    }
  }

  /// Answers one request, or throws [ApiError].
  abstract void answer(Exchange exchange, Reply reply);

  /// The port, which stays the same while the listener is closed and opened again.
  public final int port() {
    return port;
  }

  /// `http://127.0.0.1:PORT`, without a slash at the end.
  public final URI url() {
    return URI.create("http://127.0.0.1:" + port);
  }

  // --- what was asked ---

  /// All exchanges since the start, or since [#forgetExchanges()], in the order of their requests.
  public final List<Exchange> exchanges() {
    return List.copyOf(exchanges);
  }

  /// Those for one path.
  public final List<Exchange> exchanges(String path) {
    return exchanges.stream().filter(exchange -> exchange.request().path().equals(path)).toList();
  }

  /// Waits for the first request for `path`.
  ///
  /// @throws AssertionError when none comes within `limit`
  public final Exchange awaitExchange(String path, Duration limit) {
    return awaitExchanges(1, path, limit).getFirst();
  }

  /// Waits until `count` requests for `path` have come.
  ///
  /// @throws AssertionError when they do not come within `limit`
  public final List<Exchange> awaitExchanges(int count, String path, Duration limit) {
    long left = limit.toNanos();
    lock.lock();
    try {
      while (exchanges(path).size() < count) {
        if (left <= 0) {
          throw new AssertionError(
              "%d requests for %s should have come within %s; what came: %s"
                  .formatted(count, path, limit, exchanges));
        }
        left = changed.awaitNanos(left);
      }
      return exchanges(path);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new AssertionError("Interrupted while waiting for " + path, interrupted);
    } finally {
      lock.unlock();
    }
  }

  /// Forgets what was asked so far.
  public final void forgetExchanges() {
    exchanges.clear();
  }

  /// Connections that are open now; those that hang unread are not counted.
  public final int connections() {
    return connections.size();
  }

  // --- faults ---

  /// Strikes every inference request until [#heal()].
  public final void inject(Fault fault) {
    inject(fault, Where.inference());
  }

  /// Strikes the requests that `where` describes. Of several rules that match, the one that was
  /// given first strikes until it is used up.
  public final void inject(Fault fault, Where where) {
    faults.add(fault, where);
  }

  /// Strikes the next inference request.
  public final void injectOnce(Fault fault) {
    inject(fault, Where.inference().once());
  }

  /// Takes back all faults, and opens the listener where it was closed or hanging.
  public final void heal() {
    faults.clear();
    acceptAgain();
  }

  /// Closes the listener: new connections are refused by the kernel. Open ones go on.
  public final void refuse() {
    ServerSocket open = listener;
    listener = null;
    if (open != null) {
      closeQuietly(open);
      awaitAcceptor();
    }
  }

  /// The kernel goes on accepting until the thread in `accept()` has let go of the socket.
  private void awaitAcceptor() {
    Thread accepting = acceptor;
    try {
      if (accepting != null && !accepting.join(Await.LONG)) {
        throw new IllegalStateException("The listener on port " + port + " does not close");
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /// Refuses, and resets every open connection: what a killed process looks like.
  public final void crash() {
    refuse();
    connections.forEach(connection -> connection.close(true));
    hanging.forEach(Node::closeQuietly);
    hanging.clear();
  }

  /// New connections are accepted and never read.
  public final void acceptAndHang() {
    reading = false;
  }

  /// Accepts and reads again, on the same port. Connections that hung are closed.
  public final void acceptAgain() {
    reading = true;
    hanging.forEach(Node::closeQuietly);
    hanging.clear();
    if (listener == null) {
      ServerSocket bound = bind(port);
      listener = bound;
      accept(bound);
    }
  }

  @Override
  public void close() {
    crash();
  }

  // --- inside ---

  final void record(Exchange exchange) {
    lock.lock();
    try {
      exchanges.add(exchange);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  final void forget(Connection connection) {
    connections.remove(connection);
  }

  final void serve(Exchange exchange, Wire wire) {
    Reply reply = new Reply(exchange, wire, faults.on(exchange.request()), faults::has);
    try {
      reply.strikeBeforeAnswer();
      answer(exchange, reply);
    } catch (Exchange.Over over) {
      // By a fault, or because the client left: both are written down in the exchange.
    } catch (ApiError error) {
      sendError(reply, error);
    }
  }

  private static void sendError(Reply reply, ApiError error) {
    try {
      reply.error(error);
    } catch (Exchange.Over over) {
      // The client left before it could be told.
    }
  }

  private void accept(ServerSocket bound) {
    acceptor = Thread.ofVirtual().name("testkit-accept-" + port).start(() -> acceptAll(bound));
  }

  private void acceptAll(ServerSocket bound) {
    while (!bound.isClosed()) {
      try {
        Socket socket = bound.accept();
        socket.setTcpNoDelay(true);
        if (!reading) {
          hanging.add(socket);
          continue;
        }
        Connection connection = new Connection(socket, this);
        connections.add(connection);
        connection.start();
      } catch (IOException closed) {
        // The listener was closed on purpose, or one client left between SYN and accept.
      }
    }
  }

  private static ServerSocket bind(int port) {
    if (port == 0) {
      return FreePort.listen(BACKLOG);
    }
    long deadline = System.nanoTime() + BINDING.toNanos();
    while (true) {
      try {
        return FreePort.bind(port, BACKLOG);
      } catch (IOException taken) {
        // The listener before is still being closed, or somebody borrowed its port for a moment.
        if (System.nanoTime() > deadline) {
          throw new UncheckedIOException("Port " + port + " cannot be bound", taken);
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
      }
    }
  }

  private static void closeQuietly(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception gone) {
      // Already closed, which is what was wanted.
    }
  }
}
