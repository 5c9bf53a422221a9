package dev.corral.cli;

import dev.corral.wire.FramedBody;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/// One HTTP/1.1 request on a connection of its own.
///
/// Why not the JDK's clients: `HttpURLConnection` cannot be ended from another thread while its
/// reader waits (closing wants the reader's lock), so Ctrl-C would not stop a silent model;
/// `java.net.http` can, and loads 1,350 classes more: 0.3 s for one request on two slow cores, even
/// from an AOT cache, where a verb has 0.4 s in all. Here, ending is closing the socket.
final class HttpCall implements Closeable {
  /// How long a server may take to accept a connection; one on the same network does so at once.
  private static final int CONNECT_MILLIS = 5_000;

  /// A line of a head that is longer comes from no server of ours.
  private static final int MAX_LINE = 64 * 1024;

  private static final int MAX_HEADERS = 200;

  private final Socket socket;
  private final String host;
  private final InputStream in;
  private final Map<String, String> headers = new HashMap<>();
  private int status;
  private boolean bodyless;

  private HttpCall(Socket socket, String host) throws IOException {
    this.socket = socket;
    this.host = host;
    this.in = new BufferedInputStream(socket.getInputStream());
  }

  /// Connects.
  ///
  /// @param readMillis how long a read may wait; 0 for ever
  static HttpCall connect(URI base, int readMillis) throws IOException {
    boolean tls = "https".equalsIgnoreCase(base.getScheme());
    String name = base.getHost();
    int port = base.getPort() > 0 ? base.getPort() : tls ? 443 : 80;
    InetSocketAddress address = new InetSocketAddress(name, port);
    if (address.isUnresolved()) {
      throw new UnknownHostException(name);
    }
    Socket socket = new Socket();
    try {
      socket.connect(address, CONNECT_MILLIS);
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(readMillis);
      String host = base.getPort() > 0 ? name + ":" + port : name;
      return new HttpCall(tls ? secured(socket, name, port) : socket, host);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private static Socket secured(Socket plain, String name, int port) throws IOException {
    SSLSocketFactory factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
    SSLSocket socket = (SSLSocket) factory.createSocket(plain, name, port, true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  /// A body of known length, written when its turn comes.
  interface Body {
    void writeTo(OutputStream sink) throws IOException;
  }

  /// Sends the request and waits for the head of the answer.
  ///
  /// @param length bytes of the body; -1 for none
  /// @return the status
  int send(String method, String path, Map<String, String> further, long length, Body body)
      throws IOException {
    bodyless = method.equals("HEAD");
    StringBuilder head = new StringBuilder();
    head.append(method).append(' ').append(path).append(" HTTP/1.1\r\n");
    head.append("Host: ").append(host).append("\r\n");
    head.append("Connection: close\r\nUser-Agent: corral-cli\r\n");
    head.append("Accept: application/json, application/x-ndjson\r\n");
    further.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    if (length >= 0) {
      head.append("Content-Length: ").append(length).append("\r\n");
    }
    head.append("\r\n");
    try {
      OutputStream out = socket.getOutputStream();
      out.write(head.toString().getBytes(StandardCharsets.UTF_8));
      body.writeTo(out);
      out.flush();
    } catch (IOException e) {
      // A server that refuses early may close before it has read everything; its answer counts.
      if (!answered()) {
        throw e;
      }
      return status;
    }
    readHead();
    return status;
  }

  private boolean answered() {
    try {
      readHead();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private void readHead() throws IOException {
    do {
      headers.clear();
      String[] words = line().split(" ", 3);
      if (words.length < 2 || !words[0].startsWith("HTTP/1.") || !words[1].matches("\\d{3}")) {
        throw new ProtocolException("the answer is no HTTP");
      }
      status = Integer.parseInt(words[1]);
      for (String line = line(); !line.isEmpty(); line = line()) {
        int colon = line.indexOf(':');
        if (colon <= 0 || headers.size() >= MAX_HEADERS) {
          throw new ProtocolException("the answer is no HTTP");
        }
        headers.put(
            line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
      }
    } while (status < 200);
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("it closed without an answer");
      }
      if (line.length() > MAX_LINE) {
        throw new ProtocolException("the answer is no HTTP");
      }
      line.append((char) c);
    }
    int end = line.length();
    return end > 0 && line.charAt(end - 1) == '\r' ? line.substring(0, end - 1) : line.toString();
  }

  int status() {
    return status;
  }

  /// The header of that name, in lower case; empty where there is none.
  String header(String name) {
    return headers.getOrDefault(name, "");
  }

  /// The body; its reader fails where it ends before the announced end.
  InputStream body() throws IOException {
    if (bodyless || status == 204 || status == 304) {
      return InputStream.nullInputStream();
    }
    if (headers.getOrDefault("transfer-encoding", "").equalsIgnoreCase("chunked")) {
      return FramedBody.chunked(in, lines());
    }
    String length = headers.get("content-length");
    return length == null ? in : FramedBody.exactly(in, number(length));
  }

  private FramedBody.Lines lines() {
    return new FramedBody.Lines() {
      @Override
      public String next() throws IOException {
        return line();
      }

      @Override
      public IOException noHttp() {
        return new ProtocolException("the answer is no HTTP");
      }
    };
  }

  private static long number(String text) throws ProtocolException {
    try {
      return Long.parseUnsignedLong(text.strip());
    } catch (NumberFormatException e) {
      throw new ProtocolException("the answer is no HTTP");
    }
  }

  /// Ends the exchange, in whatever state, from whatever thread.
  @Override
  public void close() throws IOException {
    socket.close();
  }
}
