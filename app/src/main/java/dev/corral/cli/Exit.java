package dev.corral.cli;

/// How a verb ends; a promise to scripts.
enum Exit {
  DONE(0),
  /// It failed, or a check says no.
  FAILED(1),
  /// Wrong usage or configuration.
  USAGE(2),
  /// The server is not reachable.
  UNREACHABLE(3),
  /// There is no such thing.
  MISSING(4),
  /// A rule refuses it: not allowed, in use, over a limit, no room.
  REFUSED(5),
  /// It took too long.
  LATE(6),
  INTERRUPTED(130);

  private final int code;

  Exit(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }

  /// What the cause of a failed pull means, see [dev.corral.api.PullView].
  static Exit ofCause(String cause) {
    return switch (cause) {
      case "missing" -> MISSING;
      case "denied", "no-room" -> REFUSED;
      default -> FAILED;
    };
  }

  /// What an error status of a server means to the one who typed.
  static Exit ofStatus(int status) {
    return switch (status) {
      case 404, 410 -> MISSING;
      case 401, 403, 409, 421, 423, 429, 507 -> REFUSED;
      case 408, 504 -> LATE;
      default -> FAILED;
    };
  }
}
