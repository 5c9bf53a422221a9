package dev.corral.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.access.Scope;
import dev.corral.api.KeyView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `corral keys`: who may call, and for what.
@Command(name = "keys", description = "Make, list and revoke keys.")
final class KeyVerbs extends Verb {
  private static final String PATH = "/manage/keys";

  @Override
  void run() {
    listing(this);
  }

  /// The subcommands, by name.
  static Map<String, Verb> parts() {
    return Map.of("create", new Make(), "list", new Listing(), "revoke", new Revoke());
  }

  @Command(name = "create", description = "Make a key. Its secret is shown this once.")
  static final class Make extends Verb {
    @Parameters(paramLabel = "NAME", description = "Whose key it is; tells keys apart.")
    String name = "";

    @Option(
        names = "--scope",
        split = ",",
        paramLabel = "SCOPE",
        description = "infer (default), pull, manage, admin; several with commas.")
    List<String> scopes = new ArrayList<>(List.of("infer"));

    @Option(
        names = "--expires",
        paramLabel = "SPAN",
        description = "For how long it is good, for example 90d or 12h; else for ever.")
    String expires = "";

    @Override
    void run() {
      for (String scope : scopes) {
        if (Scope.named(scope).isEmpty()) {
          throw new Failure(
              Exit.USAGE,
              "'" + scope + "' is no scope",
              "Scopes are infer, pull, manage and admin.");
        }
      }
      JsonNode answer = server().post(PATH, new KeyView.New(name, scopes, expires));
      if (json()) {
        document(answer);
        return;
      }
      screen().print(Json.as(answer, KeyView.Created.class).secret());
      if (!root().quiet) {
        screen()
            .note("This is the only time that it is shown. Use it as: Authorization: Bearer KEY");
      }
    }
  }

  @Command(name = "list", description = "The keys in force, without their secrets.")
  static final class Listing extends Verb {
    @Override
    void run() {
      listing(this);
    }
  }

  @Command(name = "revoke", description = "End a key at once.")
  static final class Revoke extends Verb {
    @Parameters(paramLabel = "NAME")
    String name = "";

    @Override
    void run() {
      server().delete(PATH + "/" + Server.encoded(name), null);
      done("revoked '" + name + "'");
    }
  }

  private static void listing(Verb verb) {
    JsonNode keys = verb.server().get(PATH);
    if (verb.json()) {
      verb.document(keys);
      return;
    }
    List<List<String>> rows = new ArrayList<>();
    for (JsonNode node : keys) {
      KeyView key = Json.as(node, KeyView.class);
      rows.add(
          List.of(
              key.name(),
              key.hint() + "…",
              String.join(",", key.scopes()),
              time(key.createdAt(), "-"),
              time(key.expiresAt(), "never"),
              time(key.lastUsed(), "never")));
    }
    verb.screen().table(List.of("NAME", "KEY", "SCOPES", "CREATED", "EXPIRES", "USED"), rows);
  }

  private static String time(@Nullable Instant time, String none) {
    return time == null ? none : Words.ago(time, Instant.now());
  }
}
