package dev.corral.hardware;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.corral.hardware.Gpu.Vendor;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeMap;

/// AMD's GPUs as `rocm-smi` tells them: one object with a member for each card, all values texts,
/// bytes among them. Warnings may stand before it, and builds that print a table instead tell
/// nothing here (memory-fit note, section 6).
final class Rocm {
  private static final List<String> SMI =
      List.of("rocm-smi", "--showmeminfo", "vram", "--showproductname", "--showbus", "--json");

  private static final String CARD = "card";

  /// Older releases write the second word small, and any of these may be a number instead.
  private static final List<String> NAMES =
      List.of("Card Series", "Card series", "Device Name", "Card Model", "Card model");

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Commands commands;

  Rocm(Commands commands) {
    this.commands = commands;
  }

  /// In the order of the tool's own numbers.
  List<Gpu> gpus() {
    String output = commands.output(SMI).orElse("");
    int begin = output.indexOf('{');
    if (begin < 0) {
      return List.of();
    }
    try {
      TreeMap<Integer, Gpu> cards = new TreeMap<>();
      for (var card : JSON.readTree(output.substring(begin)).properties()) {
        if (card.getKey().matches(CARD + "\\d{1,4}")) {
          int number = Integer.parseInt(card.getKey().substring(CARD.length()));
          cards.put(number, gpu(card.getKey(), card.getValue()));
        }
      }
      return new ArrayList<>(cards.values());
    } catch (JsonProcessingException e) {
      return List.of();
    }
  }

  private static Gpu gpu(String key, JsonNode card) {
    OptionalLong total = bytes(card, "VRAM Total Memory (B)");
    OptionalLong used = bytes(card, "VRAM Total Used Memory (B)");
    String name =
        NAMES.stream()
            .map(field -> text(card, field))
            .filter(text -> !text.isEmpty() && !text.startsWith("0x"))
            .findFirst()
            .orElse("AMD GPU");
    String bus = text(card, "PCI Bus");
    return new Gpu(
        bus.isEmpty() ? key : bus,
        name,
        Vendor.AMD,
        total,
        Cards.less(total, used),
        false,
        "amdgpu",
        "rocm-smi");
  }

  private static String text(JsonNode card, String field) {
    String text = card.path(field).asText().strip();
    return text.equals("N/A") ? "" : text;
  }

  private static OptionalLong bytes(JsonNode card, String field) {
    String text = text(card, field);
    return text.matches("\\d{1,15}") ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
  }
}
