package dev.corral.control;

import dev.corral.access.AdminKey;
import dev.corral.access.Keys;
import dev.corral.api.EngineView;
import dev.corral.api.RunnerLog;
import dev.corral.api.SettingView;
import dev.corral.assign.Assignments;
import dev.corral.fleet.Fleet;
import dev.corral.journal.Journal;
import dev.corral.pull.Pulls;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/// What the control plane is given by the wiring. Suppliers are asked for each request, so a
/// changed configuration needs no word.
///
/// @param backends those that were added at run time
/// @param pulls download jobs of our own store
/// @param settings every setting with its source, secrets masked
/// @param engine our own engine as it is now
/// @param runnerLog by a model's name
/// @param metrics the text of `/metrics`
/// @param open exchanges in flight
/// @param unready why the program cannot answer, one sentence each, but for its backends; may block
/// @param started true once the start is over
/// @param heartbeat how often a silent event stream says that it lives
public record Parts(
    Fleet fleet,
    Supplier<Assignments> assignments,
    Keys keys,
    AdminKey adminKey,
    BooleanSupplier keysInForce,
    Backends backends,
    Journal journal,
    Pulls pulls,
    Supplier<List<SettingView>> settings,
    Supplier<Facts> facts,
    Supplier<EngineView> engine,
    Function<String, Optional<RunnerLog>> runnerLog,
    Supplier<String> metrics,
    IntSupplier open,
    Supplier<List<String>> unready,
    BooleanSupplier started,
    InstantSource clock,
    Duration heartbeat) {
  /// Often enough for proxies that close silent connections after half a minute.
  public static final Duration HEARTBEAT = Duration.ofSeconds(15);

  /// What `status` tells beside what the rooms know.
  ///
  /// @param version Corral's own
  /// @param ollamaVersion what `/api/version` answers
  /// @param url where this server listens
  /// @param configFile the file in force; empty for none
  /// @param notes things an operator should know, each a sentence with its next step
  public record Facts(
      String version,
      String ollamaVersion,
      Instant startedAt,
      String url,
      String configFile,
      List<String> notes) {
    public Facts {
      notes = List.copyOf(notes);
    }
  }
}
