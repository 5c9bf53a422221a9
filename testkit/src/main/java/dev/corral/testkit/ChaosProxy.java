package dev.corral.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// A TCP relay in front of any server, for faults below HTTP: latency, stalls, resets, cuts after
/// so many bytes, slow closes. Knows nothing of what it carries. Settings hold for open connections
/// too.
public final class ChaosProxy implements AutoCloseable {
  private static final int BUFFER = 1 << 14;

  private record Pair(Socket client, Socket server) {
    void reset() {
      for (Socket socket : new Socket[] {client, server}) {
        try {
          socket.setSoLinger(true, 0);
          socket.close();
        } catch (IOException gone) {
          // Already closed, which is what was wanted.
        }
      }
    }
  }

  private final ServerSocket listener;
  private final int target;
  private final Set<Pair> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger accepted = new AtomicInteger();
  private final AtomicLong toClient = new AtomicLong();
  private final AtomicLong toServer = new AtomicLong();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private volatile Duration latency = Duration.ZERO;
  private volatile Duration slowClose = Duration.ZERO;
  private volatile long cutAfter = Long.MAX_VALUE;
  private volatile boolean stalled;
  private volatile boolean closed;

  private ChaosProxy(int target) {
    this.target = target;
    try {
      listener = new ServerSocket();
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    } catch (IOException noPort) {
      throw new UncheckedIOException("No free port on loopback", noPort);
    }
  }

  /// A proxy on a free loopback port, in front of another one.
  public static ChaosProxy to(int port) {
    ChaosProxy proxy = new ChaosProxy(port);
    Thread.ofVirtual().name("testkit-chaos").start(proxy::accept);
    return proxy;
  }

  public int port() {
    return listener.getLocalPort();
  }

  /// Connections accepted since the start.
  public int accepted() {
    return accepted.get();
  }

  /// Bytes carried to clients so far.
  public long bytesToClient() {
    return toClient.get();
  }

  /// Bytes carried to the server so far.
  public long bytesToServer() {
    return toServer.get();
  }

  // --- faults ---

  /// Every piece of data waits so long, in both directions.
  public void latency(Duration delay) {
    latency = delay;
  }

  /// Nothing goes through any more; connections stay open.
  public void stall() {
    stalled = true;
  }

  /// What was held back goes on.
  public void resume() {
    stalled = false;
    wake();
  }

  /// Each connection is reset once it has carried `bytes` bytes to its client.
  public void cutAfter(long bytes) {
    cutAfter = bytes;
  }

  /// The end of one side reaches the other so much later.
  public void slowClose(Duration delay) {
    slowClose = delay;
  }

  /// Resets all open connections now.
  public void reset() {
    open.forEach(Pair::reset);
    wake();
  }

  @Override
  public void close() {
    closed = true;
    try {
      listener.close();
    } catch (IOException gone) {
      // Already closed, which is what was wanted.
    }
    reset();
  }

  // --- inside ---

  private void accept() {
    while (!closed) {
      try {
        Socket client = listener.accept();
        accepted.incrementAndGet();
        client.setTcpNoDelay(true);
        connect(client);
      } catch (IOException ended) {
        // The listener was closed, or this client is gone.
      }
    }
  }

  private void connect(Socket client) throws IOException {
    try {
      Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
      server.setTcpNoDelay(true);
      Pair pair = new Pair(client, server);
      open.add(pair);
      AtomicInteger running = new AtomicInteger(2);
      Thread.ofVirtual().start(() -> pump(pair, client, server, toServer, false, running));
      Thread.ofVirtual().start(() -> pump(pair, server, client, toClient, true, running));
    } catch (IOException refused) {
      client.close();
    }
  }

  private void pump(
      Pair pair, Socket from, Socket to, AtomicLong count, boolean cuts, AtomicInteger running) {
    byte[] buffer = new byte[BUFFER];
    long carried = 0;
    try {
      int read = from.getInputStream().read(buffer);
      while (read >= 0) {
        delay(latency);
        long allowed = cuts ? cutAfter - carried : Long.MAX_VALUE;
        int part = (int) Math.min(read, Math.max(0, allowed));
        // Counted before the write, so that whoever has the bytes also finds them counted.
        count.addAndGet(part);
        to.getOutputStream().write(buffer, 0, part);
        carried += part;
        if (part < read || (cuts && carried >= cutAfter)) {
          pair.reset();
          return;
        }
        read = from.getInputStream().read(buffer);
      }
      delay(slowClose);
      to.shutdownOutput();
    } catch (IOException broken) {
      pair.reset();
    } finally {
      if (running.decrementAndGet() == 0) {
        end(pair);
      }
    }
  }

  private void end(Pair pair) {
    open.remove(pair);
    try {
      pair.client().close();
      pair.server().close();
    } catch (IOException gone) {
      // Already closed, which is what was wanted.
    }
  }

  /// Waits for `time`, and then for as long as the proxy is stalled.
  private void delay(Duration time) throws IOException {
    long left = time.toNanos();
    lock.lock();
    try {
      while ((left > 0 || stalled) && !closed) {
        if (left > 0) {
          left = changed.awaitNanos(left);
        } else {
          // Woken by resume, reset and close; the limit only bounds a missed signal.
          changed.awaitNanos(TimeUnit.SECONDS.toNanos(1));
        }
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IOException("Interrupted while holding data back", interrupted);
    } finally {
      lock.unlock();
    }
  }

  private void wake() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
