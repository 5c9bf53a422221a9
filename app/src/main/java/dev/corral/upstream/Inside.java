package dev.corral.upstream;

/// A backend inside this program.
@FunctionalInterface
public interface Inside {
  /// Answers one request, on a virtual thread of its own that may block. Returning or throwing
  /// without [Reply#end()] breaks the answer off.
  void answer(Asked asked, Reply reply) throws Exception;
}
