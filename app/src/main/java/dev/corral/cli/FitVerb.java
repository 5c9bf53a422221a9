package dev.corral.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.api.FitAsk;
import dev.corral.fit.Correction;
import dev.corral.fit.Fit;
import dev.corral.fit.FitGrid;
import dev.corral.fit.FitQuestion;
import dev.corral.fit.Hardware;
import dev.corral.gguf.Gguf;
import dev.corral.hardware.Inventory;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `corral fit`: how much memory a model needs, part by part, and whether that fits. A file needs
/// no server; a name is looked up by one.
@Command(
    name = "fit",
    sortOptions = false,
    description = {
      "How much memory a model needs, part by part, and whether it fits.",
      "Numbers take comma lists and give all combinations."
    })
final class FitVerb extends Verb {
  @Parameters(
      paramLabel = "MODEL|FILE|REPO[:QUANT]",
      description = "A GGUF file or its header alone, a model's name, or hf.co/OWNER/REPO:QUANT.")
  String model = "";

  @Option(names = "--context", paramLabel = "N", description = "Tokens, over all slots.")
  String context = "";

  @Option(names = "--parallel", paramLabel = "N", description = "Slots (default 1).")
  String parallel = "1";

  @Option(
      names = "--kv",
      paramLabel = "TYPE",
      description = "Cache: f16, q8_0, q4_0, …; keys and values apart as q8_0/f16.")
  String kv = "f16";

  @Option(names = "--ubatch", paramLabel = "N", description = "Tokens of one step (default 512).")
  String ubatch = "512";

  @Option(names = "--flash-attn", paramLabel = "on|off|auto", description = "Flash attention.")
  String flashAttention = "auto";

  @Option(names = "--unified", description = "The slots share one cache.")
  boolean unified;

  @Option(
      names = "--placement",
      paramLabel = "WHERE",
      description =
          "gpu, cpu, gpu-half, gpu-two, gpu-kv-on-host, gpu-experts-on-host, blocks=N; without it:"
              + " what suits the machine.")
  String placement = "auto";

  @Option(names = "--vram", paramLabel = "SIZE", description = "On a card of 24GiB, not on this.")
  String vram = "";

  @Option(
      names = "--formula",
      paramLabel = "classic",
      description = "The old rule of thumb instead, which knows no architecture.")
  String formula = "";

  @Override
  void run() {
    FitQuestion question = question();
    Optional<Path> file = file(model);
    if (file.isPresent()) {
      Gguf gguf = HeaderFile.read(file.get());
      show(answers(question, file.get(), gguf));
    } else {
      asked();
    }
  }

  private FitQuestion question() {
    FitGrid grid = new FitGrid(context, parallel, kv, ubatch, flashAttention, placement, unified);
    try {
      FitQuestion question = FitQuestion.of(grid, vram, formula);
      grid.expand(1);
      return question;
    } catch (IllegalArgumentException e) {
      throw wrong(e);
    }
  }

  private static Failure wrong(IllegalArgumentException e) {
    return new Failure(Exit.USAGE, String.valueOf(e.getMessage()), "See: corral fit --help");
  }

  private List<Fit> answers(FitQuestion question, Path file, Gguf gguf) {
    return question.answers(
        String.valueOf(file.getFileName()),
        gguf,
        OptionalLong.empty(),
        () -> Hardware.of(Inventory.read()),
        book());
  }

  /// What the server of this machine learned from earlier loads; nothing where none runs.
  private Correction.Book book() {
    if (!Answers.local(server().base())) {
      return Correction.Book.EMPTY;
    }
    try {
      return Correction.Book.of(
          Json.elements(server().get("/manage/hardware").path("loads")).stream()
              .map(one -> Json.as(one, Correction.Line.class))
              .toList());
    } catch (Failure e) {
      return Correction.Book.EMPTY;
    }
  }

  /// What is there as a file is meant as one; so is what looks like one.
  private static Optional<Path> file(String text) {
    boolean address =
        text.contains("://") || text.matches("(?i)(www\\.)?(hf\\.co|huggingface\\.co)/.*");
    if (address) {
      return Optional.empty();
    }
    try {
      Path path =
          Path.of(
              text.startsWith("~/") ? System.getProperty("user.home") + text.substring(1) : text);
      if (Files.isRegularFile(path)) {
        return Optional.of(path);
      }
      String folded = text.toLowerCase(Locale.ROOT);
      boolean looks =
          path.isAbsolute()
              || text.startsWith(".")
              || text.startsWith("~")
              || folded.endsWith(".gguf")
              || folded.endsWith(".gz");
      return looks ? Optional.of(path) : Optional.empty();
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  private void asked() {
    JsonNode told =
        ModelVerbs.found(
            model,
            () ->
                server()
                    .post(
                        "/manage/fit",
                        new FitAsk(
                            model,
                            context,
                            parallel,
                            kv,
                            "",
                            "",
                            ubatch,
                            flashAttention,
                            unified,
                            placement,
                            vram,
                            formula)));
    List<JsonNode> each = told.isArray() ? Json.elements(told) : List.of(told);
    if (json()) {
      each.forEach(this::document);
    } else {
      show(each.stream().map(one -> Json.as(one, Fit.class)).toList());
    }
  }

  private void show(List<Fit> fits) {
    if (json()) {
      fits.forEach(this::document);
    } else if (fits.size() == 1) {
      FitTables.one(screen(), fits.getFirst());
    } else {
      FitTables.many(screen(), fits);
    }
  }
}
