package dev.corral.control;

import java.util.Map;

/// The headers of the page and of its assets. The page needs nothing but its own scripts and style
/// sheet and talks to nobody but its own server; whatever a model, a backend or a name says,
/// nothing else runs.
public final class PageHeaders {
  /// Lit turns its constant templates into markup by one policy of that name; no other way from
  /// text to markup is left open.
  private static final String CONTENT_SECURITY_POLICY =
      String.join(
          "; ",
          "default-src 'none'",
          "script-src 'self'",
          "style-src 'self'",
          "connect-src 'self'",
          "img-src 'self' data:",
          "font-src 'self'",
          "base-uri 'none'",
          "form-action 'none'",
          "frame-ancestors 'none'",
          "require-trusted-types-for 'script'",
          "trusted-types lit-html");

  /// Names of assets carry a hash of their content, so one that is there never changes: a year.
  private static final String FOR_EVER = "public, max-age=31536000, immutable";

  private PageHeaders() {}

  /// For `web/index.html`, which names the assets of this build and so is asked for each time.
  public static Map<String, String> forPage() {
    return Map.of(
        "Content-Type", "text/html; charset=utf-8",
        "Content-Security-Policy", CONTENT_SECURITY_POLICY,
        "Cache-Control", "no-cache",
        "X-Content-Type-Options", "nosniff",
        "Referrer-Policy", "no-referrer",
        "Cross-Origin-Opener-Policy", "same-origin",
        "Cross-Origin-Resource-Policy", "same-origin",
        "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
  }

  /// For one of `web/assets/*`.
  ///
  /// @param name the file's name; scripts and style sheets are all there are
  public static Map<String, String> forAsset(String name) {
    return Map.of(
        "Content-Type",
        name.endsWith(".css") ? "text/css; charset=utf-8" : "text/javascript; charset=utf-8",
        "Cache-Control",
        FOR_EVER,
        "X-Content-Type-Options",
        "nosniff",
        "Referrer-Policy",
        "no-referrer",
        "Cross-Origin-Resource-Policy",
        "same-origin");
  }
}
