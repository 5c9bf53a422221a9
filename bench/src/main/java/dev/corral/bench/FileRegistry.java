package dev.corral.bench;

import dev.corral.model.Digest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A registry as fast as the kernel hands a file to a socket: one model, `bench/fast:t`, whose blob
/// is a file. As `bench/slow:t` each connection gets [#SLOW] bytes a second and no more.
public final class FileRegistry {
  /// Bytes a second on one connection, as registries bound theirs.
  static final long SLOW = 20_000_000;

  private static final int PIECE = 1 << 20;
  private static final int SLOW_PIECE = 1 << 18;
  private static final Pattern RANGE = Pattern.compile("(?i)range: bytes=(\\d+)-(\\d*)");

  private final FileChannel blob;
  private final long size;
  private final byte[] manifest;

  private FileRegistry(FileChannel blob, Digest digest) throws IOException {
    this.blob = blob;
    this.size = blob.size();
    this.manifest =
        """
        {"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json",\
        "config":{"mediaType":"application/vnd.docker.container.image.v1+json","digest":"%s","size":%d},\
        "layers":[{"mediaType":"application/vnd.ollama.image.model","digest":"%s","size":%d}]}\
        """
            .formatted(Digest.of(CONFIG), CONFIG.length, digest, size)
            .getBytes(StandardCharsets.UTF_8);
  }

  private static final byte[] CONFIG =
      "{\"model_format\":\"gguf\"}".getBytes(StandardCharsets.UTF_8);

  /// @param args the port, the file, its digest
  public static void main(String[] args) throws IOException {
    Digest digest = Digest.parse(args[2]).orElseThrow();
    try (FileChannel blob = FileChannel.open(Path.of(args[1]), StandardOpenOption.READ);
        ServerSocketChannel server = ServerSocketChannel.open()) {
      FileRegistry registry = new FileRegistry(blob, digest);
      server.bind(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0])));
      while (true) {
        SocketChannel client = server.accept();
        Thread.ofPlatform().daemon().start(() -> registry.serve(client));
      }
    }
  }

  private void serve(SocketChannel client) {
    try (client) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(Channels.newInputStream(client), StandardCharsets.ISO_8859_1));
      String first = in.readLine();
      String range = "";
      for (String line = first; line != null && !line.isEmpty(); line = in.readLine()) {
        range = RANGE.matcher(line).matches() ? line : range;
      }
      if (first != null) {
        answer(client, first.split(" ", 3)[1], range);
      }
    } catch (IOException e) {
      // The client has left; it asks again if it wants more.
    }
  }

  private void answer(SocketChannel client, String path, String range) throws IOException {
    if (path.contains("/manifests/")) {
      whole(client, manifest);
    } else if (path.endsWith(Digest.of(CONFIG).toString())) {
      whole(client, CONFIG);
    } else {
      Matcher wanted = RANGE.matcher(range);
      boolean part = wanted.matches();
      long from = part ? Long.parseLong(wanted.group(1)) : 0;
      long to = part && !wanted.group(2).isEmpty() ? Long.parseLong(wanted.group(2)) + 1 : size;
      head(
          client,
          part
              ? "206 Partial Content\r\nContent-Range: bytes " + from + "-" + (to - 1) + "/" + size
              : "200 OK",
          to - from);
      pour(client, from, to, path.contains("/slow/"));
    }
  }

  private static void whole(SocketChannel client, byte[] bytes) throws IOException {
    head(client, "200 OK", bytes.length);
    write(client, bytes);
  }

  private static void head(SocketChannel client, String first, long length) throws IOException {
    String head =
        "HTTP/1.1 " + first + "\r\nContent-Length: " + length + "\r\nConnection: close\r\n\r\n";
    write(client, head.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static void write(SocketChannel client, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      int _ = client.write(buffer);
    }
  }

  private void pour(SocketChannel client, long from, long to, boolean slow) throws IOException {
    long begun = System.nanoTime();
    long at = from;
    while (at < to) {
      at += blob.transferTo(at, Math.min(slow ? SLOW_PIECE : PIECE, to - at), client);
      if (slow) {
        long due = begun + (at - from) * 1_000_000_000L / SLOW;
        LockSupport.parkNanos(due - System.nanoTime());
      }
    }
  }

  /// The digest of a file.
  static Digest digest(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      var hash = Digest.sha256();
      ByteBuffer buffer = ByteBuffer.allocateDirect(PIECE);
      while (channel.read(buffer.clear()) >= 0) {
        hash.update(buffer.flip());
      }
      return Digest.of(hash);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
