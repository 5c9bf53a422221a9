package dev.corral.fleet;

/// A backend came, went, or turned out to be ourselves.
public record FleetEvent(String backend, Backend.State before, Backend.State after, String why) {}
