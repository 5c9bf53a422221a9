package dev.corral;

/// Which Corral this is, as its jar says.
final class Version {
  static final String OURS = read();

  private Version() {}

  private static String read() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
