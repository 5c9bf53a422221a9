package dev.corral.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// Bytes of a message, of a chunk or of an answer; equal when the bytes are.
public final class Body {
  public static final Body EMPTY = new Body(new byte[0]);

  private final byte[] bytes;

  private Body(byte[] bytes) {
    this.bytes = bytes;
  }

  /// Takes the array as it is: the caller no longer writes into it.
  public static Body of(byte[] bytes) {
    return new Body(bytes);
  }

  public static Body of(String text) {
    return new Body(text.getBytes(StandardCharsets.UTF_8));
  }

  /// The parts, one behind the other.
  public static Body join(List<Body> parts) {
    byte[] all = new byte[parts.stream().mapToInt(Body::size).sum()];
    int at = 0;
    for (Body part : parts) {
      System.arraycopy(part.bytes, 0, all, at, part.size());
      at += part.size();
    }
    return new Body(all);
  }

  /// A copy of the bytes.
  public byte[] bytes() {
    return bytes.clone();
  }

  byte[] unsafe() {
    return bytes;
  }

  public int size() {
    return bytes.length;
  }

  public String text() {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /// The first JSON value in it; a missing node where there is none.
  public JsonNode json() {
    try {
      JsonNode node = Json.MAPPER.readTree(bytes);
      return node == null ? MissingNode.getInstance() : node;
    } catch (IOException notJson) {
      return MissingNode.getInstance();
    }
  }

  /// From `from` up to, but without, `to`.
  public Body slice(int from, int to) {
    return new Body(Arrays.copyOfRange(bytes, from, to));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Body body && Arrays.equals(bytes, body.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /// The text, cut short: for the message of a failing test.
  @Override
  public String toString() {
    int shown = 2000;
    String text = text();
    return text.length() <= shown
        ? text
        : text.substring(0, shown) + "… (" + bytes.length + " bytes)";
  }
}
