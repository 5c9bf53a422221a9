package dev.corral.hub;

import dev.corral.hub.Repository.Access;

/// A repository that a search found.
///
/// @param updated as the Hub writes it, ISO 8601; empty where it does not
public record Hit(RepositoryName name, Access access, long downloads, long likes, String updated) {}
