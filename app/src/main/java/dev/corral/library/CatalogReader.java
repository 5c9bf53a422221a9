package dev.corral.library;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Reads the catalog's form of JSON: one entry, an array of entries, or `{"models": […]}`. An entry
/// that is wrong is named and the others are taken; the file is read entry by entry.
public final class CatalogReader {
  /// A list of ten thousand models takes about 8 MB.
  public static final int MOST_BYTES = 16 << 20;

  private static final int MOST_ENTRIES = 20_000;

  /// More wrong entries than these are counted, not named.
  private static final int MOST_NAMED = 200;

  private static final int LONGEST_TEXT = 64 << 10;
  private static final int DEEPEST = 20;

  private static final JsonMapper JSON =
      new JsonMapper(
          JsonFactory.builder()
              .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
              .streamReadConstraints(
                  StreamReadConstraints.builder()
                      .maxStringLength(LONGEST_TEXT)
                      .maxNestingDepth(DEEPEST)
                      .build())
              .build());

  private final String origin;
  private final List<CatalogEntry> entries = new ArrayList<>();
  private final List<CatalogFile.Bad> bad = new ArrayList<>();
  private final Set<String> ids = new HashSet<>();
  private int number;
  private int unnamed;

  private CatalogReader(String origin) {
    this.origin = origin;
  }

  /// Reads a file.
  ///
  /// @param origin how it is called where an entry's origin is shown
  public static CatalogFile read(Path file, String origin) {
    try {
      long size = Files.size(file);
      if (size > MOST_BYTES) {
        return CatalogFile.unusable(
            origin, "the file has " + size + " bytes; more than " + MOST_BYTES + " are no catalog");
      }
      try (InputStream in = Files.newInputStream(file)) {
        return new CatalogReader(origin).read(in);
      }
    } catch (IOException e) {
      return CatalogFile.unusable(
          origin, "the file cannot be read (" + e.getClass().getSimpleName() + ")");
    }
  }

  /// Reads bytes that are in memory.
  public static CatalogFile read(byte[] bytes, String origin) {
    return new CatalogReader(origin).read(new ByteArrayInputStream(bytes));
  }

  private CatalogFile read(InputStream in) {
    try (JsonParser parser = JSON.createParser(in)) {
      JsonToken first = parser.nextToken();
      if (first == JsonToken.START_ARRAY) {
        array(parser);
      } else if (first == JsonToken.START_OBJECT) {
        object(parser);
      } else {
        bad("file", "it holds neither an entry nor a list of entries");
      }
      if (bad.isEmpty() && parser.nextToken() != null) {
        bad("file", "something follows behind its end");
      }
    } catch (JsonProcessingException e) {
      bad("file", "it is not valid JSON: " + words(e));
    } catch (IOException e) {
      bad("file", "it cannot be read (" + e.getClass().getSimpleName() + ")");
    }
    if (unnamed > 0) {
      bad.add(new CatalogFile.Bad("file", unnamed + " further entries are wrong"));
    }
    return new CatalogFile(origin, entries, bad);
  }

  private static String words(JsonProcessingException e) {
    String place =
        e.getLocation() == null
            ? ""
            : " (line "
                + e.getLocation().getLineNr()
                + ", column "
                + e.getLocation().getColumnNr()
                + ")";
    String said = String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("");
    return said.replaceAll(" \\(start marker at .*", "") + place;
  }

  private void array(JsonParser parser) throws IOException {
    while (parser.nextToken() != JsonToken.END_ARRAY && number < MOST_ENTRIES) {
      take(JSON.readTree(parser));
    }
    if (number >= MOST_ENTRIES) {
      bad("file", "it has more than " + MOST_ENTRIES + " entries; the rest is not read");
    }
  }

  /// An entry of its own, or the frame around a list.
  private void object(JsonParser parser) throws IOException {
    String name = parser.nextFieldName();
    if ("models".equals(name)) {
      if (parser.nextToken() != JsonToken.START_ARRAY) {
        bad("file", "'models' must be an array of entries");
        parser.skipChildren();
      } else {
        array(parser);
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        parser.nextToken();
        parser.skipChildren();
      }
      return;
    }
    JsonNode rest = JSON.readTree(parser);
    if (rest != null && rest.has("models") && rest.get("models").isArray()) {
      rest.get("models").forEach(this::take);
    } else {
      take(rest == null ? JSON.createObjectNode() : rest);
    }
  }

  private void take(JsonNode tree) {
    number++;
    List<String> faults = new ArrayList<>();
    if (!tree.isObject()) {
      bad("entry " + number, "it is no object");
      return;
    }
    CatalogEntry entry = new EntryReader(tree, faults).entry();
    if (faults.isEmpty() && !ids.add(entry.id().toLowerCase(Locale.ROOT))) {
      faults.add("the id is there twice in this file");
    }
    if (faults.isEmpty()) {
      entries.add(entry);
    } else {
      String id = tree.path("id").asText("");
      String short_ = id.length() > 80 ? id.substring(0, 80) + "…" : id;
      bad(
          "entry " + number + (id.isEmpty() ? "" : " (id '" + short_ + "')"),
          String.join("; ", faults));
    }
  }

  private void bad(String where, String reason) {
    if (bad.size() < MOST_NAMED) {
      bad.add(new CatalogFile.Bad(where, reason));
    } else {
      unnamed++;
    }
  }
}
