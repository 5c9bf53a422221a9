package dev.corral.node;

import dev.corral.blobs.Store;
import dev.corral.blobs.StoreFailure;
import dev.corral.blobs.Upload;
import dev.corral.dialect.GoTexts;
import dev.corral.model.Digest;
import dev.corral.upstream.CallerLeft;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;

/// `/api/blobs/DIGEST`: is it here, and here it comes.
public final class BlobCalls {
  private static final int BUFFER = 1 << 18;

  private final Store store;

  public BlobCalls(Store store) {
    this.store = store;
  }

  public List<Route> routes() {
    return List.of(
        new Route("HEAD", "/api/blobs/*", this::look),
        new Route("POST", "/api/blobs/*", this::take));
  }

  private void look(Turn turn) {
    if (!store.hasBlob(digest(turn))) {
      throw new Refused(404, "blob " + GoTexts.quoted(turn.parameter()) + " not found");
    }
    turn.empty(200);
  }

  /// What is here already is answered before its body is read.
  private void take(Turn turn) throws IOException {
    Digest digest = digest(turn);
    if (store.hasBlob(digest)) {
      turn.empty(200);
      return;
    }
    try (Upload upload = store.beginBlob(length(turn))) {
      copy(turn.body(), upload);
      upload.commit(digest);
    } catch (StoreFailure e) {
      throw StoreWords.refused(e);
    }
    turn.empty(201);
  }

  private static Digest digest(Turn turn) {
    return Digest.parse(turn.parameter())
        .orElseThrow(() -> new Refused(400, "invalid digest format"));
  }

  /// 0 where the caller does not say; what it says it must send anyway.
  private static long length(Turn turn) {
    String told = turn.asked().headers().getOrDefault("content-length", "0");
    return told.matches("\\d{1,18}") ? Long.parseLong(told) : 0;
  }

  private static void copy(InputStream body, Upload upload) throws StoreFailure {
    byte[] buffer = new byte[BUFFER];
    int n = read(body, buffer);
    while (n >= 0) {
      upload.write(ByteBuffer.wrap(buffer, 0, n));
      n = read(body, buffer);
    }
  }

  /// A body breaks off when its caller leaves; that is nobody's failure.
  private static int read(InputStream body, byte[] buffer) {
    try {
      return body.read(buffer);
    } catch (IOException e) {
      throw new CallerLeft();
    }
  }
}
