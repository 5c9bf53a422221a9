package dev.corral.pull;

import dev.corral.hub.Hubs;
import dev.corral.registry.Registry;
import java.util.Optional;

/// Where models come from, as the settings in force allow it.
///
/// @param hubs for what the Hub has as files alone; empty where it is not asked so
public record Sources(Registry registry, Optional<Hubs> hubs) {}
