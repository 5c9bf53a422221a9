package dev.corral;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.corral.engine.Engine;
import java.util.ArrayList;
import java.util.List;

/// The first lines on the terminal of `serve`.
///
/// @param url where this server listens
/// @param choice where the list of backends comes from
/// @param onOwn the own engine is a backend
/// @param named the operator named backends, so nobody asks about the own engine
/// @param models how many there are for the own engine
record Greeting(
    String url, String choice, boolean onOwn, boolean named, Engine.Ability ability, int models) {

  /// The same for programs, one JSON object.
  String document() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("version", Version.OURS)
        .put("url", url)
        .put("backends", choice)
        .put("engine", ability.able())
        .put("models", models)
        .toString();
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add("Corral " + Version.OURS + " listens on " + url);
    if (onOwn && ability.able()) {
      String with = ability.why().isEmpty() ? ability.runner() : ability.why();
      lines.add("  own engine ready (" + with + ")");
      if (models == 0) {
        lines.add("  no model yet");
        lines.add("  pull one: corral pull llama3.2:1b");
        lines.add("  or see it work without network: corral demo");
      } else {
        lines.add("  " + models + (models == 1 ? " model" : " models") + ": corral list");
      }
    } else {
      lines.add("  backend: " + choice);
      if (!ability.able() && !named) {
        lines.add("  own engine: " + ability.why());
      }
    }
    lines.add("  page: " + url + "/   stop: Ctrl-C");
    return lines;
  }
}
