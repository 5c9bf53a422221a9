package dev.corral.gateway;

import dev.corral.door.Visit;
import dev.corral.fleet.Backend;
import dev.corral.upstream.Payload;
import dev.corral.wire.Problem;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;

/// Uploads of blobs: gigabytes that pass through without being held. They go to the node that makes
/// models, so that `create` finds them there.
final class Blobs {
  private final Gateway gateway;

  Blobs(Gateway gateway) {
    this.gateway = gateway;
  }

  void visit(Visit visit) {
    Optional<Backend> node = Errands.first(gateway.fleet().snapshot());
    if (node.isEmpty()) {
      visit.refuse(
          Problem.of(
              503,
              "No Ollama node is there to take this blob",
              "Start Ollama, or name one under 'backends:' in corral.yaml."));
      return;
    }
    HttpServerRequest request = visit.request();
    boolean upload = request.method().name().equals("POST");
    // Until the node's connection is there nobody reads: what came before would be lost.
    request.pause();
    String declared = request.getHeader("Content-Length");
    if (upload && "100-continue".equalsIgnoreCase(request.getHeader("Expect"))) {
      request.response().writeContinue();
    }
    Relay relay = new Relay(gateway, visit, node.get());
    relay.follow(
        gateway
            .upstream()
            .call(
                node.get().target(),
                request.method().name(),
                request.uri(),
                to -> HeaderRules.toBackend(request.headers(), to, gateway.instance()),
                upload
                    ? new Payload.Flowing(request, declared == null ? -1 : Long.parseLong(declared))
                    : new Payload.None(),
                relay));
  }
}
