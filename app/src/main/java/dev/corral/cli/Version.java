package dev.corral.cli;

/// Our own version, as the jar tells it.
final class Version {
  private Version() {}

  static String own() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
