package dev.corral.dialect;

import java.nio.charset.StandardCharsets;

/// One cut through a body: the bytes from `offset` on, `length` of them, give way to `bytes`; all
/// others pass untouched.
@SuppressWarnings("ArrayRecordComponent") // bytes on their way out; nobody compares two splices
public record Splice(long offset, long length, byte[] bytes) {

  /// By how much the body grows; negative where it shrinks.
  public long growth() {
    return bytes.length - length;
  }

  /// The body after the cut, for bodies that lie in one piece.
  public byte[] applied(byte[] body) {
    int before = Math.toIntExact(offset);
    int after = Math.toIntExact(offset + length);
    byte[] result = new byte[Math.toIntExact(body.length + growth())];
    System.arraycopy(body, 0, result, 0, before);
    System.arraycopy(bytes, 0, result, before, bytes.length);
    System.arraycopy(body, after, result, before + bytes.length, body.length - after);
    return result;
  }

  static Splice of(long offset, long length, String json) {
    return new Splice(offset, length, json.getBytes(StandardCharsets.UTF_8));
  }
}
