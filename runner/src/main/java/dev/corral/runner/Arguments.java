package dev.corral.runner;

import dev.corral.runner.engine.EngineSettings;
import dev.corral.runner.engine.EngineSettings.FlashAttention;
import dev.corral.runner.engine.Pooling;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The command line: llama-server's flags, by the same names, as far as they make sense here.
///
/// @param address on this machine only
/// @param model the name that answers give
/// @param shift whether a context that is full loses its older half
record Arguments(EngineSettings settings, InetSocketAddress address, String model, boolean shift) {
  /// Told to people who gave a wrong one.
  static final String USAGE =
      """
      runner --model FILE --natives DIR [--ctx-size N] [--parallel N] [--threads N]
        [--batch-size N] [--ubatch-size N] [--n-gpu-layers N|auto|all] [--cache-type-k TYPE]
        [--cache-type-v TYPE] [--flash-attn on|off|auto] [--kv-unified|--no-kv-unified]
        [--context-shift|--no-context-shift] [--pooling none|mean|cls|last|rank] [--lora FILE]...
        [--main-gpu N] [--mmap|--no-mmap] [--alias NAME] [--host 127.0.0.1] [--port N]
      The first line of standard input is {"key": "..."}; when standard input closes, so does this.\
      """;

  /// A command line that cannot be understood. The message is for the one who wrote it.
  static final class Wrong extends Exception {
    private static final long serialVersionUID = 1;

    Wrong(String message) {
      super(message);
    }
  }

  private static final Map<String, String> SHORT =
      Map.ofEntries(
          Map.entry("-m", "--model"),
          Map.entry("-c", "--ctx-size"),
          Map.entry("-np", "--parallel"),
          Map.entry("-t", "--threads"),
          Map.entry("-b", "--batch-size"),
          Map.entry("-ub", "--ubatch-size"),
          Map.entry("-ngl", "--n-gpu-layers"),
          Map.entry("--gpu-layers", "--n-gpu-layers"),
          Map.entry("-ctk", "--cache-type-k"),
          Map.entry("-ctv", "--cache-type-v"),
          Map.entry("-fa", "--flash-attn"),
          Map.entry("-kvu", "--kv-unified"),
          Map.entry("-a", "--alias"));

  private static final Set<String> VALUES =
      Set.of(
          "--model",
          "--natives",
          "--ctx-size",
          "--parallel",
          "--threads",
          "--batch-size",
          "--ubatch-size",
          "--n-gpu-layers",
          "--cache-type-k",
          "--cache-type-v",
          "--flash-attn",
          "--main-gpu",
          "--pooling",
          "--lora",
          "--alias",
          "--host",
          "--port");

  private static final Set<String> SWITCHES =
      Set.of(
          "--kv-unified",
          "--no-kv-unified",
          "--context-shift",
          "--no-context-shift",
          "--mmap",
          "--no-mmap");

  /// What a llama-server must be told and a runner does anyway.
  private static final Set<String> GIVEN =
      Set.of("--jinja", "--embedding", "--embeddings", "--slots", "--no-webui", "--no-ui");

  /// Wishes of a llama-server's user that this runner does not fulfil; said, and no reason to fail.
  private static final Set<String> WITHOUT_EFFECT = Set.of("--split-mode");

  static Arguments parse(List<String> line) throws Wrong {
    Map<String, List<String>> given = read(line);
    Given flags = new Given(given);
    String model = flags.need("--model");
    EngineSettings settings;
    try {
      settings =
          new EngineSettings(
              Path.of(model),
              Path.of(flags.need("--natives")),
              flags.number("--ctx-size", 0),
              flags.number("--parallel", 1),
              flags.number("--threads", 0),
              flags.number("--batch-size", 2048),
              flags.number("--ubatch-size", 512),
              flags.blocks(),
              flags.number("--main-gpu", -1),
              !given.containsKey("--no-mmap"),
              flags.text("--cache-type-k", "f16"),
              flags.text("--cache-type-v", "f16"),
              flags.oneOf(FlashAttention.class, "--flash-attn", FlashAttention.AUTO),
              !given.containsKey("--no-kv-unified"),
              flags.oneOf(Pooling.class, "--pooling", Pooling.MODEL),
              given.getOrDefault("--lora", List.of()).stream().map(Path::of).toList());
    } catch (IllegalArgumentException wrong) {
      throw new Wrong(String.valueOf(wrong.getMessage()));
    }
    return new Arguments(
        settings,
        flags.address(),
        flags.text("--alias", "model"),
        given.containsKey("--context-shift") && !given.containsKey("--no-context-shift"));
  }

  private static Map<String, List<String>> read(List<String> line) throws Wrong {
    Map<String, List<String>> given = new HashMap<>();
    Deque<String> left = new ArrayDeque<>(line);
    while (!left.isEmpty()) {
      String word = left.remove();
      String name = SHORT.getOrDefault(word, word);
      if (VALUES.contains(name)) {
        String value = left.poll();
        if (value == null) {
          throw new Wrong(word + " needs a value");
        }
        given.computeIfAbsent(name, _ -> new ArrayList<>()).add(value);
      } else if (SWITCHES.contains(name)) {
        given.put(name, List.of());
      } else if (WITHOUT_EFFECT.contains(name)) {
        System.err.println(word + " has no effect on this runner");
        skipValue(left);
      } else if (!GIVEN.contains(name)) {
        throw new Wrong(word + " is not known");
      }
    }
    return given;
  }

  private static void skipValue(Deque<String> left) {
    String next = left.peek();
    if (next != null && !next.startsWith("-")) {
      left.remove();
    }
  }

  /// The flags by name, each with what it must be.
  private record Given(Map<String, List<String>> flags) {
    Optional<String> find(String name) {
      List<String> values = flags.getOrDefault(name, List.of());
      return values.isEmpty() ? Optional.empty() : Optional.of(values.getLast());
    }

    String need(String name) throws Wrong {
      return find(name).orElseThrow(() -> new Wrong(name + " is missing"));
    }

    String text(String name, String otherwise) {
      return find(name).orElse(otherwise);
    }

    int number(String name, int otherwise) throws Wrong {
      String text = text(name, String.valueOf(otherwise));
      try {
        return Integer.parseInt(text);
      } catch (NumberFormatException wrong) {
        throw new Wrong(name + " must be a whole number, not '" + text + "'");
      }
    }

    int blocks() throws Wrong {
      String text = text("--n-gpu-layers", "auto");
      return text.equals("auto") || text.equals("all") ? -1 : number("--n-gpu-layers", -1);
    }

    <E extends Enum<E>> E oneOf(Class<E> type, String name, E otherwise) throws Wrong {
      String text = text(name, otherwise.name());
      for (E one : type.getEnumConstants()) {
        if (one.name().equalsIgnoreCase(text)) {
          return one;
        }
      }
      List<String> known =
          List.of(type.getEnumConstants()).stream()
              .map(one -> one.name().toLowerCase(Locale.ROOT))
              .toList();
      throw new Wrong(
          name + " must be one of " + String.join(", ", known) + ", not '" + text + "'");
    }

    InetSocketAddress address() throws Wrong {
      String host = text("--host", "127.0.0.1");
      int port = number("--port", 0);
      if (port < 0 || port > 65535) {
        throw new Wrong("--port must be 0 to 65535");
      }
      try {
        InetAddress address = InetAddress.getByName(host);
        if (address.isLoopbackAddress()) {
          return new InetSocketAddress(address, port);
        }
      } catch (UnknownHostException unknown) {
        // Told below, like an address that others can reach.
      }
      throw new Wrong("--host must be an address of this machine alone, such as 127.0.0.1");
    }
  }
}
