package dev.corral.fit;

import dev.corral.gguf.Gguf;
import dev.corral.model.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.Supplier;

/// What somebody wants to know of one model: settings in all combinations, on this machine or on
/// cards that they think of, by llama.cpp's own accounting or by the classic rule of thumb.
///
/// @param grid settings
/// @param vram memory of imagined cards; empty for this machine
/// @param classic the rule of thumb instead
public record FitQuestion(FitGrid grid, List<Long> vram, boolean classic) {
  /// People write `24` and mean a card of 24 GiB; no size in bytes is so small.
  private static final long LARGEST_BARE_GIBIBYTES = 1024;

  private static final int MOST_CARDS = 100;

  public FitQuestion {
    vram = List.copyOf(vram);
  }

  /// @param vram a comma list of sizes such as `24GiB`; empty for this machine
  /// @param formula `classic`, or empty or `engine` for llama.cpp's accounting
  /// @throws IllegalArgumentException with what is understood
  public static FitQuestion of(FitGrid grid, String vram, String formula) {
    boolean classic =
        switch (formula.strip().toLowerCase(Locale.ROOT)) {
          case "", "engine" -> false;
          case "classic" -> true;
          default ->
              throw new IllegalArgumentException(
                  "'" + formula + "' is no formula; write classic, or leave it out");
        };
    List<Long> cards =
        vram.isBlank()
            ? List.of()
            : Arrays.stream(vram.split(",", -1)).map(FitQuestion::card).toList();
    if (cards.size() > MOST_CARDS) {
      throw new IllegalArgumentException("More than " + MOST_CARDS + " cards; ask for fewer.");
    }
    return new FitQuestion(grid, cards, classic);
  }

  private static long card(String text) {
    String bare = text.strip();
    if (bare.matches("\\d{1,4}") && Long.parseLong(bare) <= LARGEST_BARE_GIBIBYTES) {
      bare = bare + "GiB";
    }
    long bytes = Bytes.parse(bare).count();
    if (bytes <= 0) {
      throw new IllegalArgumentException("A card of '" + text + "' holds nothing; write 24GiB");
    }
    return bytes;
  }

  /// One fit for each combination, the settings running fastest.
  ///
  /// @param usualContext tokens where the question names none
  /// @param here looks at this machine; asked only where the question is about it
  /// @param book our own record of earlier loads
  /// @throws IllegalArgumentException where the settings are not understood
  public List<Fit> answers(
      String model,
      Gguf gguf,
      OptionalLong usualContext,
      Supplier<Hardware> here,
      Correction.Book book) {
    long usual = usualContext.orElse(FitSettings.DEFAULT_CONTEXT);
    List<FitSettings> all = grid.expand(FitSettings.usualContext(usual, gguf));
    List<Fit> fits = new ArrayList<>();
    if (vram.isEmpty()) {
      Hardware found = here.get();
      all.forEach(settings -> fits.add(one(model, gguf, settings, found, book)));
    }
    for (long card : vram) {
      for (FitSettings settings : all) {
        int cards = Math.max(1, settings.placement().devices());
        fits.add(one(model, gguf, settings, Hardware.cards(cards, card), book));
      }
    }
    return fits;
  }

  private Fit one(
      String model, Gguf gguf, FitSettings settings, Hardware hardware, Correction.Book book) {
    return classic
        ? Classic.fit(model, gguf, settings, hardware)
        : Fit.of(model, gguf, settings, hardware, book);
  }
}
