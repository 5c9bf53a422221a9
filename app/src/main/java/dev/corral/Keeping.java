package dev.corral;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.corral.access.Route;
import dev.corral.assign.Assignments;
import dev.corral.blobs.Store;
import dev.corral.control.CallGroup;
import dev.corral.control.RemovalCalls;
import dev.corral.door.Visit;
import dev.corral.engine.Engine;
import dev.corral.fleet.Backend;
import dev.corral.fleet.Fleet;
import dev.corral.library.Entry;
import dev.corral.library.Library;
import dev.corral.model.ModelName;
import dev.corral.upkeep.Nodes;
import dev.corral.upkeep.Removal;
import dev.corral.upkeep.Uses;
import dev.corral.upstream.CallFailed;
import dev.corral.upstream.Talk;
import dev.corral.upstream.Upstream;
import dev.corral.wire.Via;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/// Upkeep: what removes, verifies and clears away models, with the rooms it asks.
final class Keeping {
  private final List<CallGroup> calls;

  /// @param running requests that a model answers now
  Keeping(
      Store store,
      Engine engine,
      Fleet fleet,
      Upstream upstream,
      String instance,
      Supplier<Assignments> assignments,
      ToIntFunction<ModelName> running,
      Written written,
      Clock clock) {
    Uses uses =
        new Uses(
            new Uses.Parts(
                fleet::snapshot,
                assignments,
                running,
                written::lastUsed,
                written.isProtected(),
                clock));
    Nodes nodes = new Asking(upstream, instance, engine);
    Removal removal = new Removal(store, fleet, uses, nodes, written.library()::forget);
    this.calls =
        List.of(
            new RemovalCalls(
                removal,
                store.trash(),
                name -> {
                  written.library().record(Entry.of(name));
                  fleet.look(Removal.OWN);
                }));
  }

  /// What is written down about models.
  ///
  /// @param lately when a model answered, as far as it is not in the library yet
  record Written(
      Function<ModelName, Optional<Instant>> lately,
      Library library,
      Predicate<ModelName> isProtected) {
    Optional<Instant> lastUsed(ModelName name) {
      Optional<Instant> tracked =
          library.find(name).flatMap(entry -> Optional.ofNullable(entry.lastUsed()));
      return Stream.concat(tracked.stream(), lately.apply(name).stream())
          .max(Comparator.naturalOrder());
    }
  }

  /// All management calls of upkeep.
  CallGroup calls() {
    return () -> {
      Map<Route, Visit.Visitor> visitors = new EnumMap<>(Route.class);
      calls.forEach(group -> visitors.putAll(group.visitors()));
      return visitors;
    };
  }

  /// Asks nodes by Ollama's API.
  private record Asking(Upstream upstream, String instance, Engine engine) implements Nodes {
    private static final int MOST_BYTES = 1 << 20;

    @Override
    public Optional<String> delete(Backend node, String model) {
      return told(node, "DELETE", "/api/delete", named(model));
    }

    @Override
    public void unload(ModelName name) {
      boolean running =
          engine.running().stream().anyMatch(one -> one.name().equals(name.shortName()));
      if (running) {
        boolean _ = engine.unload(name.shortName());
      }
    }

    @Override
    public Optional<String> ask(Backend backend, String model, boolean embeds) {
      ObjectNode ask = named(model);
      if (embeds) {
        ask.put("input", "a");
      } else {
        ask.put("prompt", "a").put("stream", false).putObject("options").put("num_predict", 1);
      }
      return told(backend, "POST", embeds ? "/api/embed" : "/api/generate", ask);
    }

    private static ObjectNode named(String model) {
      return JsonNodeFactory.instance.objectNode().put("model", model);
    }

    private Optional<String> told(Backend backend, String method, String path, ObjectNode ask) {
      Map<String, String> headers =
          Map.of(Via.HEADER, instance, "Content-Type", "application/json");
      byte[] body = ask.toString().getBytes(StandardCharsets.UTF_8);
      try (Talk talk = upstream.talk(backend.target(), method, path, headers, body)) {
        int status = talk.head().status();
        String text = new String(talk.body().readNBytes(MOST_BYTES), StandardCharsets.UTF_8);
        return status == 200
            ? Optional.empty()
            : Optional.of("it answered " + status + " " + text.strip());
      } catch (CallFailed e) {
        return Optional.of(e.failure().why());
      } catch (IOException e) {
        return Optional.of("the connection broke off");
      }
    }
  }
}
