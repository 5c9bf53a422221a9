package dev.corral.blobs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.corral.model.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// Digests of files that are not ours, so that each is hashed once and not at every start. Kept in
/// our own folder; a file that changed its size or time is another file. Threads share it.
final class DigestMemory {
  private static final JsonMapper JSON = new JsonMapper();

  /// What a file looks like from outside.
  record Stamp(long size, Instant modified) {}

  private record Entry(Stamp stamp, Digest digest) {}

  private final Path file;
  private final Supplier<Path> work;
  private final Map<String, Entry> entries = new HashMap<>();

  /// @param work gives a file of its own for the writing
  DigestMemory(Path file, Supplier<Path> work) {
    this.file = file;
    this.work = work;
    read();
  }

  synchronized Optional<Digest> find(Path path, Stamp stamp) {
    return Optional.ofNullable(entries.get(path.toString()))
        .filter(entry -> entry.stamp().equals(stamp))
        .map(Entry::digest);
  }

  /// Remembers, and writes it down. A disk that refuses costs only the memory.
  synchronized void put(Path path, Stamp stamp, Digest digest) {
    entries.put(path.toString(), new Entry(stamp, digest));
    ObjectNode tree = JsonNodeFactory.instance.objectNode();
    entries.forEach((name, entry) ->
        tree.putObject(name)
            .put("size", entry.stamp().size())
            .put("modified", entry.stamp().modified().toString())
            .put("digest", entry.digest().toString()));
    Path written = work.get();
    try {
      Files.write(written, JSON.writeValueAsBytes(tree));
      Disk.publish(written, file);
    } catch (IOException e) {
      return;
    }
  }

  /// A file that is missing or makes no sense means that all are hashed again.
  private void read() {
    try {
      JsonNode tree = JSON.readTree(Files.readAllBytes(file));
      for (Map.Entry<String, JsonNode> entry : tree.properties()) {
        JsonNode value = entry.getValue();
        Stamp stamp =
            new Stamp(
                value.path("size").asLong(-1), Instant.parse(value.path("modified").asText("")));
        Digest.parse(value.path("digest").asText(""))
            .ifPresent(digest -> entries.put(entry.getKey(), new Entry(stamp, digest)));
      }
    } catch (IOException | RuntimeException e) {
      entries.clear();
    }
  }
}
