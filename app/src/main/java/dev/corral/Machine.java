package dev.corral;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;

/// What the start wants to know of this machine.
final class Machine {
  /// Whoever holds our port answers at once or is no server of ours.
  private static final int PATIENCE_MILLIS = 1_000;

  private Machine() {}

  static String name() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }

  /// Who holds a port, one sentence.
  static String whoListens(String host, int port) {
    String literal = host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
    try {
      HttpURLConnection connection =
          (HttpURLConnection)
              URI.create("http://" + literal + ":" + port + "/").toURL().openConnection();
      connection.setConnectTimeout(PATIENCE_MILLIS);
      connection.setReadTimeout(PATIENCE_MILLIS);
      boolean corral = connection.getHeaderField("X-Corral-Exchange") != null;
      try (InputStream body = connection.getInputStream()) {
        String text = new String(body.readNBytes(64), StandardCharsets.UTF_8);
        if (corral) {
          return "Another Corral listens there already.";
        }
        return text.startsWith("Ollama is running")
            ? "An Ollama listens there."
            : "Another web server listens there.";
      }
    } catch (IOException e) {
      return "Another program holds the port.";
    }
  }
}
