package dev.corral.access;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// Who may reach the listener decides whether keys are needed.
public final class BindRule {
  private static final Pattern IPV4_LOOPBACK = Pattern.compile("127(\\.\\d{1,3}){3}");
  private static final Pattern IPV6_LOOPBACK = Pattern.compile("\\[?(0*:){2,7}0*1]?");

  private BindRule() {}

  /// True where only this machine reaches that address. Names are not looked up: what a name means
  /// may change after the check.
  public static boolean loopback(String host) {
    return host.toLowerCase(Locale.ROOT).equals("localhost")
        || IPV4_LOOPBACK.matcher(host).matches()
        || IPV6_LOOPBACK.matcher(host).matches();
  }

  /// Why the listener must not open, and the two ways out; empty where it may.
  ///
  /// @param host as in `server.host`
  /// @param keysNeeded true where callers need a key: one was made, or `server.auth` is `keys`
  public static Optional<String> check(String host, boolean keysNeeded) {
    if (keysNeeded || loopback(host)) {
      return Optional.empty();
    }
    return Optional.of(
        "server.host '"
            + host
            + "' can be reached from other machines, and no key is needed here: anybody could use,"
            + " change and delete your models. Two ways out: ask everybody for a key with"
            + " server.auth: keys (CORRAL_SERVER_AUTH=keys), then make one on this machine with"
            + " 'corral keys create NAME'; or stay on this machine with server.host: 127.0.0.1.");
  }
}
