package dev.corral.fit;

import static dev.corral.fit.Verdict.PERFECT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.fit.Corpus.Row;
import dev.corral.gguf.Gguf;
import dev.corral.gguf.GgufValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Every network that we have measurements of under a name that nobody knows, and beside them those
/// that nobody knows here by their own: what the engine would really take is known, and an estimate
/// of a stranger must not be less.
class StrangersTest {
  /// A verdict looks for next steps too, which takes its time.
  private static final int EVERY = 97;

  private static final List<Stranger> strangers = new ArrayList<>();

  /// @param error of the total of the device, or of the host, in percent; above zero is too much
  private record Stranger(String of, Row row, Gguf gguf, double error) {
    boolean gpu() {
      return row.cells().get("placement").equals("gpu");
    }

    @Override
    public String toString() {
      return String.format(Locale.ROOT, "%+.1f %% %s %s", error, row.shape().architecture(), row);
    }
  }

  @BeforeAll
  static void estimateAll() throws IOException {
    for (String folder : List.of("", "own/", "strangers/")) {
      Map<String, Gguf> renamed = new HashMap<>();
      Map<String, Shape> shapes = new HashMap<>();
      for (Row row : Corpus.read(folder).rows) {
        boolean whole = List.of("gpu", "cpu").contains(row.cells().get("placement"));
        if (row.status().equals("ok") && whole) {
          Gguf gguf = renamed.computeIfAbsent(row.file(), _ -> renamed(row.gguf()));
          Shape shape =
              shapes.computeIfAbsent(row.file(), _ -> ShapeReader.read(gguf).orElseThrow());
          strangers.add(new Stranger(folder, row, gguf, error(row, gguf, shape)));
        }
      }
    }
    writeTable();
  }

  private static double error(Row row, Gguf gguf, Shape shape) {
    assertThat(shape.known()).isFalse();
    Estimate estimate = Estimate.of(gguf, shape, row.settings(), List.of(0.5, 1.0));
    int at = estimate.weights().size() - 1;
    double real = 0;
    for (String part : List.of("weights_", "kv_", "compute_")) {
      real += row.measured(part + (at == 0 ? "host" : "gpu0"));
    }
    long ours = estimate.weights().get(at) + estimate.cache().get(at) + estimate.compute().get(at);
    return 100 * (ours - real) / real;
  }

  @Test
  void aStrangerIsNeverEstimatedBelowWhatTheEngineTakes() {
    assertThat(strangers).hasSizeGreaterThan(12_000);
    assertThat(strangers.stream().filter(one -> one.error() < 0)).isEmpty();
  }

  @Test
  void aStrangerIsNeverPerfectOnACloseCall() {
    List<Stranger> all = strangers.stream().filter(Stranger::gpu).toList();
    for (int i = 0; i < all.size(); i += EVERY) {
      Row row = all.get(i).row();
      long real =
          row.measured("weights_gpu0") + row.measured("kv_gpu0") + row.measured("compute_gpu0");
      // what an exact estimate would call perfect, with little to spare
      long usable = Math.round(real / 0.88);
      long reserve = Math.max(1L << 30, usable / 18);
      long vram = usable + reserve + Hardware.Driver.CUDA.contextBytes();
      Fit fit = Fit.of("m", all.get(i).gguf(), row.settings(), Hardware.card(vram));
      assertThat(fit.verdict()).as(all.get(i).toString()).isNotEqualTo(PERFECT);
      assertThat(fit.exact()).isFalse();
      assertThat(fit.reason()).contains("not known");
    }
  }

  private static Gguf renamed(Gguf gguf) {
    String name = gguf.architecture().orElseThrow();
    Map<String, GgufValue> metadata = new LinkedHashMap<>();
    gguf.metadata()
        .forEach((key, value) ->
            metadata.put(
                key.startsWith(name + ".") ? "quokka" + key.substring(name.length()) : key, value));
    metadata.put(Gguf.ARCHITECTURE, new GgufValue.Text("quokka"));
    return new Gguf(
        gguf.version(),
        gguf.alignment(),
        metadata,
        gguf.tensors(),
        gguf.tensorCount(),
        gguf.dataStart(),
        gguf.length(),
        gguf.complete());
  }

  private static void writeTable() throws IOException {
    Map<String, List<Double>> groups = new LinkedHashMap<>();
    for (Stranger one : strangers) {
      String group = "| " + one.of() + " | " + (one.gpu() ? "gpu" : "cpu") + " | ";
      for (String name :
          List.of(
              one.row().encoder() ? "*encoders*" : "*decoders*",
              one.row().shape().architecture())) {
        groups.computeIfAbsent(group + name, _ -> new ArrayList<>()).add(one.error());
      }
    }
    StringBuilder table =
        new StringBuilder(
            "| of | place | architecture | rows | below | least | p50 | p95 | most |\n");
    table.append("|---|---|---|---|---|---|---|---|---|\n");
    groups.forEach((group, errors) -> {
      double[] sorted = errors.stream().mapToDouble(Double::doubleValue).sorted().toArray();
      table.append(
          String.format(
              Locale.ROOT,
              "%s | %d | %d | %+.2f | %+.2f | %+.2f | %+.2f |\n",
              group,
              sorted.length,
              errors.stream().filter(error -> error < 0).count(),
              sorted[0],
              sorted[sorted.length / 2],
              sorted[sorted.length * 19 / 20],
              sorted[sorted.length - 1]));
    });
    Files.createDirectories(Path.of("target"));
    Files.writeString(Path.of("target/fit-strangers.md"), table);
  }
}
