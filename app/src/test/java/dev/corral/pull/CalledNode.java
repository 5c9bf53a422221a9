package dev.corral.pull;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.node.OwnNode;
import dev.corral.upstream.Asked;
import dev.corral.upstream.CallerLeft;
import dev.corral.upstream.Reply;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// What a caller of our own node hears; one who may leave after so many frames.
final class CalledNode implements Reply {
  private final int patience;
  private final StringBuilder text = new StringBuilder();
  private int frames;
  private int status;
  private boolean ended;

  private CalledNode(int patience) {
    this.patience = patience;
  }

  /// Asks, and listens to the end.
  static CalledNode post(OwnNode node, String path, String body) {
    CalledNode heard = new CalledNode(Integer.MAX_VALUE);
    heard.ask(node, path, body);
    assertThat(heard.ended).isTrue();
    return heard;
  }

  /// Asks, and leaves.
  static void postAndLeave(OwnNode node, String path, String body, int afterFrames) {
    CalledNode heard = new CalledNode(afterFrames);
    heard.ask(node, path, body);
    assertThat(heard.ended).isFalse();
  }

  private void ask(OwnNode node, String path, String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    try {
      node.answer(new Asked("POST", path, Map.of(), new ByteArrayInputStream(bytes)), this);
    } catch (CallerLeft left) {
      assertThat(ended).isFalse();
    }
  }

  String text() {
    return text.toString();
  }

  int status() {
    return status;
  }

  @Override
  public void head(int code, Map<String, String> headers) {
    status = code;
  }

  @Override
  public void write(byte[] bytes) {
    if (++frames > patience) {
      throw new CallerLeft();
    }
    text.append(new String(bytes, StandardCharsets.UTF_8));
  }

  @Override
  public void end() {
    ended = true;
  }

  @Override
  public void cut(String why) {
    throw new AssertionError("cut: " + why);
  }

  @Override
  public void onCancel(Runnable action) {}
}
