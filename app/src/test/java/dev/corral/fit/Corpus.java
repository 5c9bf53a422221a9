package dev.corral.fit;

import dev.corral.gguf.ByteSource;
import dev.corral.gguf.Gguf;
import dev.corral.gguf.GgufReader;
import dev.corral.gguf.ReadSettings;
import dev.corral.gguf.Reading;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/// What llama.cpp itself would allocate: headers without vocabulary, and one row for each file and
/// combination of settings. Made by the engine's own dry run; see `fit/README.md` in the resources.
final class Corpus {
  private static final String ROOT = "/fit/";

  private final String folder;

  final List<Row> rows = new ArrayList<>();
  private final Map<String, Gguf> headers = new HashMap<>();
  private final Map<String, Shape> shapes = new HashMap<>();

  /// @param cells the line of the table, by column
  record Row(String file, Gguf gguf, Shape shape, FitSettings settings, Map<String, String> cells) {
    long measured(String column) {
      return Long.parseLong(cells.get(column));
    }

    String status() {
      return cells.get("status");
    }

    Estimate estimate() {
      return Estimate.of(gguf, shape, settings, List.of(0.5, 1.0));
    }

    boolean encoder() {
      return shape.encoder();
    }

    @Override
    public String toString() {
      return file + " " + settings;
    }
  }

  private Corpus(String folder) {
    this.folder = folder;
  }

  static Corpus read() throws IOException {
    return read("");
  }

  /// @param folder of headers and rows, below `fit/` in the resources, with a slash behind
  static Corpus read(String folder) throws IOException {
    Corpus corpus = new Corpus(folder);
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(open(folder + "oracle.csv.gz"), StandardCharsets.UTF_8))) {
      List<String> columns = List.of(lines.readLine().split(",", -1));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] values = line.split(",", -1);
        Map<String, String> cells = new HashMap<>();
        for (int i = 0; i < values.length; i++) {
          cells.put(columns.get(i), values[i]);
        }
        corpus.add(cells);
      }
    }
    return corpus;
  }

  static Gguf header(String path) throws IOException {
    return ((Reading.Exact) GgufReader.read(ByteSource.of(bytes(path)), ReadSettings.forFit()))
        .gguf();
  }

  static byte[] bytes(String path) throws IOException {
    try (InputStream bytes = open(path)) {
      return bytes.readAllBytes();
    }
  }

  /// What the first window of a file of `length` bytes tells.
  static Gguf glance(String path, long length) throws IOException {
    try (InputStream bytes = open(path)) {
      byte[] header = bytes.readAllBytes();
      ByteSource file =
          new ByteSource() {
            @Override
            public long length() {
              return length;
            }

            @Override
            public ByteBuffer read(long offset, int n) {
              return ByteBuffer.wrap(header, (int) offset, n);
            }
          };
      return ((Reading.Provisional) new GgufReader(file, ReadSettings.forFit()).glance()).gguf();
    }
  }

  private void add(Map<String, String> cells) throws IOException {
    String file = cells.get("file");
    if (!headers.containsKey(file)) {
      Gguf read = header(folder + "headers/" + file + ".gguf-header.gz");
      headers.put(file, read);
      shapes.put(file, ShapeReader.read(read).orElseThrow());
    }
    rows.add(new Row(file, headers.get(file), shapes.get(file), settings(cells), cells));
  }

  private static FitSettings settings(Map<String, String> cells) {
    return new FitSettings(
        Long.parseLong(cells.get("ctx")),
        Integer.parseInt(cells.get("slots")),
        cells.get("unified").equals("1"),
        FitSettings.FlashAttention.valueOf(cells.get("flash_attn").toUpperCase(Locale.ROOT)),
        FitSettings.cacheType(cells.get("cache_k")),
        FitSettings.cacheType(cells.get("cache_v")),
        Long.parseLong(cells.get("ubatch")),
        cells.get("output_rows").equals("0"),
        cells.get("swa_full").equals("1"),
        cells.get("embeddings").equals("1"),
        Placement.parse(cells.get("placement")));
  }

  private static InputStream open(String path) throws IOException {
    return new GZIPInputStream(Corpus.class.getResourceAsStream(ROOT + path));
  }
}
