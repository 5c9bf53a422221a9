package dev.corral.gateway;

import dev.corral.dialect.Splice;
import dev.corral.limit.Budget;
import dev.corral.upstream.Payload;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;

/// A request's body, held until no attempt needs it. Small ones stay as the buffers that came;
/// above 1 MiB everything moves, once, into memory outside the heap, so that a few pictures cost no
/// garbage collection. Belongs to one event loop.
final class Body {
  /// Beyond this the heap is left.
  private static final int HEAP_BYTES = 1 << 20;

  /// One piece outside the heap: big enough to be mapped by itself, so that it really goes back.
  private static final int PIECE_BYTES = 1 << 20;

  private final Budget budget;
  private final List<Buffer> parts = new ArrayList<>(1);
  private final List<ByteBuf> outside = new ArrayList<>(0);
  private long length;
  private int holders = 1;

  Body(Budget budget) {
    this.budget = budget;
  }

  /// @return false where all bodies together would hold more than is allowed
  boolean add(Buffer chunk) {
    if (!budget.tryTake(chunk.length())) {
      return false;
    }
    length += chunk.length();
    if (outside.isEmpty() && length <= HEAP_BYTES) {
      parts.add(chunk);
      return true;
    }
    parts.forEach(part -> moveOut(part.getByteBuf()));
    parts.clear();
    moveOut(chunk.getByteBuf());
    return true;
  }

  long length() {
    return length;
  }

  /// A copy in one piece, for calls whose body is written anew.
  byte[] bytes() {
    Buffer whole = Buffer.buffer();
    current().forEach(whole::appendBuffer);
    return whole.getBytes();
  }

  /// The body as one attempt sends it.
  Payload payload() {
    return held(current(), length);
  }

  /// The body with one cut: everything else passes untouched.
  Payload payload(Splice splice) {
    Buffer whole = Buffer.buffer();
    List<Buffer> cut = new ArrayList<>();
    long at = 0;
    boolean written = false;
    for (Buffer part : current()) {
      long end = at + part.length();
      long from = splice.offset();
      long to = from + splice.length();
      if (at < from) {
        addTo(cut, part.slice(0, (int) (Math.min(from, end) - at)));
      }
      if (!written && from <= end) {
        addTo(cut, Buffer.buffer(splice.bytes()));
        written = true;
      }
      if (end > to) {
        addTo(cut, part.slice((int) (Math.max(to, at) - at), part.length()));
      }
      at = end;
    }
    if (length <= HEAP_BYTES) {
      cut.forEach(whole::appendBuffer);
      cut = List.of(whole);
    }
    return held(cut, length + splice.growth());
  }

  /// The exchange needs it no longer; attempts may still be sending it.
  void release() {
    holders--;
    if (holders == 0) {
      budget.giveBack(length);
      outside.forEach(ByteBuf::release);
      outside.clear();
      parts.clear();
    }
  }

  private Payload held(List<Buffer> pieces, long bytes) {
    if (bytes == 0) {
      return new Payload.None();
    }
    holders++;
    return new Payload.Held(pieces, bytes, this::release);
  }

  private List<Buffer> current() {
    return outside.isEmpty() ? parts : outside.stream().map(Buffer::buffer).toList();
  }

  private static void addTo(List<Buffer> pieces, Buffer piece) {
    if (piece.length() > 0) {
      pieces.add(piece);
    }
  }

  private void moveOut(ByteBuf bytes) {
    while (bytes.isReadable()) {
      if (outside.isEmpty() || !outside.getLast().isWritable()) {
        outside.add(Unpooled.directBuffer(PIECE_BYTES, PIECE_BYTES));
      }
      ByteBuf piece = outside.getLast();
      piece.writeBytes(bytes, Math.min(bytes.readableBytes(), piece.writableBytes()));
    }
  }
}
