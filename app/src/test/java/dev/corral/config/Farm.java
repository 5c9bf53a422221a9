package dev.corral.config;

import dev.corral.model.Bytes;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// Settings of no program, with every kind of component there is.
record Farm(
    String owner,
    Barn barn,
    List<Horse> horses,
    Map<String, Field> fields,
    Map<String, String> nickNames,
    List<String> dogs) {
  static final Farm DEFAULTS =
      new Farm(
          "nobody",
          new Barn(4, 10_000_000_000L, 2.5, true, Duration.ofMinutes(5), Bytes.mebi(64), ""),
          List.of(),
          Map.of(),
          Map.of(),
          List.of("Rex"));

  record Barn(
      int doors,
      long straws,
      double height,
      boolean open,
      Duration rest,
      Bytes hay,
      String gateKey) {
    Barn {
      if (doors < 1 || doors > 9) {
        throw new IllegalArgumentException("barn.doors is 1 to 9, not " + doors);
      }
    }
  }

  record Horse(String name, int age, List<String> likes) {
    static Horse defaults() {
      return new Horse("foal", 3, List.of());
    }

    Horse {
      if (name.isEmpty()) {
        throw new IllegalArgumentException("name must not be empty");
      }
    }
  }

  /// Without defaults: every key must be given.
  record Field(String crop, int acres) {}
}
