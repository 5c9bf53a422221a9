package dev.corral.testkit;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// What Ollama checks before a route is chosen: Host and Origin on a loopback bind, preflights, and
/// the answers to paths and methods that it does not know (reference/ollama.md section 1).
final class FrontDoor {
  private static final Pattern LOCAL_HOST =
      Pattern.compile(
          "(localhost|[a-zA-Z0-9.-]*\\.(localhost|local|internal)"
              + "|127\\.[0-9.]+|172\\.(1[6-9]|2[0-9]|3[01])\\.[0-9.]+|10\\.[0-9.]+|192\\.168\\.[0-9.]+|0\\.0\\.0\\.0|\\[[0-9a-f:]+])?(:[0-9]+)?");
  private static final Pattern LOCAL_ORIGIN =
      Pattern.compile(
          "(https?://(localhost|127\\.0\\.0\\.1|0\\.0\\.0\\.0)(:[0-9]+)?"
              + "|(app|file|tauri|vscode-webview|vscode-file)://.*)");
  private static final String ALLOWED_HEADERS =
      "Authorization,Content-Type,User-Agent,Accept,X-Requested-With,Openai-Beta,"
          + "X-Stainless-Arch,X-Stainless-Async,X-Stainless-Custom-Poll-Interval,"
          + "X-Stainless-Helper-Method,X-Stainless-Lang,X-Stainless-Os,"
          + "X-Stainless-Package-Version,X-Stainless-Poll-Helper,X-Stainless-Retry-Count,"
          + "X-Stainless-Runtime,X-Stainless-Runtime-Version,X-Stainless-Timeout";
  private static final Headers TEXT = Headers.of("Content-Type", "text/plain");
  private static final byte[] NOTHING = new byte[0];

  private final Received request;
  private final Reply reply;

  FrontDoor(Received request, Reply reply) {
    this.request = request;
    this.reply = reply;
  }

  /// Answers what may not come in, and preflights.
  ///
  /// @param methods what the path knows; empty for an unknown path
  /// @return whether it was answered
  boolean turnedAway(List<String> methods) {
    String host = request.headers().first("Host").orElse("");
    String origin = request.headers().first("Origin").orElse("");
    boolean foreign = !origin.isEmpty() && !LOCAL_ORIGIN.matcher(origin).matches();
    if (!LOCAL_HOST.matcher(host).matches() || foreign) {
      reply.whole(403, Headers.of(), NOTHING);
      return true;
    }
    if (request.method().equals("OPTIONS") && !origin.isEmpty()) {
      preflight(origin, methods);
      return true;
    }
    return false;
  }

  private void preflight(String origin, List<String> methods) {
    Headers headers =
        Headers.of(
            "Access-Control-Allow-Headers",
            ALLOWED_HEADERS,
            "Access-Control-Allow-Methods",
            "GET,POST,PUT,PATCH,DELETE,HEAD,OPTIONS",
            "Access-Control-Allow-Origin",
            origin,
            "Access-Control-Max-Age",
            "43200");
    if (!methods.isEmpty()) {
      headers = headers.with("Allow", String.join(", ", methods));
    }
    headers =
        headers
            .with("Vary", "Origin")
            .with("Vary", "Access-Control-Request-Method")
            .with("Vary", "Access-Control-Request-Headers");
    reply.whole(204, headers, NOTHING);
  }

  /// The reply for a handler: with the headers that a local origin gets.
  Reply reply() {
    return request
        .headers()
        .first("Origin")
        .map(origin -> reply.adding("Access-Control-Allow-Origin", origin, "Vary", "Origin"))
        .orElse(reply);
  }

  /// 404, or the redirect to the path that was meant.
  void unknown(Collection<String> known) {
    String meant = request.path().replaceAll("/+", "/");
    if (!meant.equals(request.path()) && known.contains(meant)) {
      redirect(307, "Temporary Redirect", meant);
      return;
    }
    if (meant.length() > 1 && meant.endsWith("/")) {
      String without = meant.substring(0, meant.length() - 1);
      if (known.contains(without)) {
        redirect(
            Set.of("GET", "HEAD").contains(request.method()) ? 301 : 307,
            "Moved Permanently",
            without);
        return;
      }
    }
    reply.whole(404, TEXT, Wire.ascii("404 page not found"));
  }

  private void redirect(int status, String words, String location) {
    Headers headers = Headers.of("Content-Type", "text/html; charset=utf-8", "Location", location);
    reply.whole(status, headers, Wire.ascii("<a href=\"" + location + "\">" + words + "</a>.\n\n"));
  }

  void wrongMethod(List<String> methods) {
    Headers headers = Headers.of("Allow", String.join(", ", methods), "Content-Type", "text/plain");
    reply.whole(405, headers, Wire.ascii("405 method not allowed"));
  }
}
