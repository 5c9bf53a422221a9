package dev.corral.control;

import dev.corral.door.Visit;
import io.vertx.core.buffer.Buffer;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// A management call with its whole body.
///
/// @param body empty where none was sent
record Question(Visit visit, Buffer body) {
  String method() {
    return visit.request().method().name();
  }

  /// The segment that the route leaves open, percent-decoded once.
  String segment() {
    try {
      // In a path a plus is a plus; the decoder is made for forms.
      return URLDecoder.decode(visit.rest().replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new BadRequest(
          "The path is not percent-encoded as it should be",
          "Encode a name as one segment: '/' as %2F, '%' as %25.");
    }
  }

  Optional<String> parameter(String name) {
    try {
      return Optional.ofNullable(visit.request().getParam(name));
    } catch (IllegalArgumentException e) {
      throw new BadRequest("The query is not percent-encoded as it should be", "");
    }
  }

  Fields fields(Class<? extends Record> shape) {
    return Fields.of(body.getBytes(), shape);
  }
}
