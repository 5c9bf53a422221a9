package dev.corral.upstream;

import java.util.Map;

/// How a backend inside this program answers: one head, then bytes, then an end or a cut. All of it
/// throws [CallerLeft] once nobody waits for the answer any more.
public interface Reply {
  /// @param headers `Content-Length` among them where it is known
  void head(int status, Map<String, String> headers);

  /// Blocks while the reader is paused or far behind. The bytes must not change afterwards.
  void write(byte[] bytes);

  /// The answer is whole.
  void end();

  /// The answer breaks off.
  ///
  /// @param why in words for the caller
  void cut(String why);

  /// Run once, on another thread, when the caller leaves before the end; at once where it has left.
  void onCancel(Runnable action);
}
