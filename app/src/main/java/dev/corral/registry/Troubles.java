package dev.corral.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.corral.model.ModelName;
import dev.corral.outbound.NotReached;
import dev.corral.outbound.Response;
import dev.corral.registry.Trouble.Kind;
import java.time.InstantSource;

/// Words for what went wrong at one model's registry.
final class Troubles {
  /// Of an error's body; what a registry says of itself fits in.
  private static final int MOST_BODY = 8 * 1024;

  private static final int MOST_WORDS = 300;

  private static final JsonMapper JSON = new JsonMapper();

  private final ModelName name;
  private final String host;
  private final boolean keyShown;
  private final InstantSource clock;

  Troubles(ModelName name, String host, boolean keyShown, InstantSource clock) {
    this.name = name;
    this.host = host;
    this.keyShown = keyShown;
    this.clock = clock;
  }

  Trouble of(NotReached no) {
    return Trouble.of(no);
  }

  Trouble wrong(String clause) {
    return new Trouble(
        Kind.WRONG, host + ": " + clause, "Is it a registry of Ollama's protocol? Tell its owner.");
  }

  Trouble away(String clause) {
    return new Trouble(Kind.AWAY, host + ": " + clause, "Try again later.");
  }

  Trouble page() {
    return new Trouble(
        Kind.WRONG,
        host + " answers with a web page instead of the model",
        "Does this network want a sign-in first? Behind a proxy, set HTTPS_PROXY.");
  }

  Trouble foreignRealm(String realm) {
    return new Trouble(
        Kind.NOT_ALLOWED,
        host + " wants a token from " + realm + ", which is another host, so none was asked for",
        "Tell whoever runs the registry.");
  }

  /// An answer that is no manifest.
  Trouble ofManifest(Response response) {
    if (response.status() == 404) {
      return new Trouble(
          Kind.MISSING,
          "there is no model '" + name.shortName() + "' at " + host,
          Hub.means(name)
              ? "Check owner and repository on https://" + host + "; it must hold GGUF files."
              : "Check the spelling; a model of Hugging Face is written hf.co/OWNER/REPOSITORY.");
    }
    return other(response);
  }

  /// An answer that is no blob.
  Trouble ofBlob(Response response) {
    return switch (response.status()) {
      case 404 ->
          new Trouble(
              Kind.MISSING,
              "the registry lists a blob of '" + name.shortName() + "' that it does not have",
              "Try again later, or tell whoever runs " + host + ".");
      case 416 -> wrong("a blob is shorter than the manifest says");
      default -> other(response);
    };
  }

  /// An answer that refuses what was sent.
  Trouble ofPush(Response response) {
    int status = response.status();
    return status == 401 || status == 403
        ? new Trouble(
            Kind.DENIED,
            host + " does not take '" + name.shortName() + "' from us (" + status + ")",
            "Push to a registry of your own; accounts of ollama.com belong to an Ollama's own key.")
        : other(response);
  }

  private Trouble other(Response response) {
    int status = response.status();
    String words = words(response);
    String said = status + (words.isEmpty() ? "" : ": " + words);
    if (status == 401 || status == 403) {
      return denied(said);
    }
    if (status == 408 || status == 425 || status == 429 || status >= 500) {
      return new Trouble(
          Kind.AWAY,
          host + " answers " + said,
          status == 429 ? "It wants fewer requests; later it goes on." : "Try again later.",
          RetryAfter.of(response, clock));
    }
    return new Trouble(Kind.WRONG, host + " answers " + said, "");
  }

  /// Hugging Face says 401 for what is private and for what is not there.
  private Trouble denied(String said) {
    if (Hub.means(name) && !keyShown) {
      return new Trouble(
          Kind.DENIED,
          host
              + " does not give out '"
              + name.shortName()
              + "': it is not there, or private, or gated ("
              + said
              + ")",
          "Check owner and name; where it is private or gated, accept the licence on its page, set"
              + " HF_TOKEN, and start Corral again.");
    }
    String next =
        Hub.means(name)
            ? "Does HF_TOKEN belong to somebody who may read it, and was the licence accepted on"
                + " its page? Does it exist?"
            : "This registry wants a key; Corral can show one to Hugging Face only.";
    return new Trouble(
        Kind.DENIED, host + " does not give out '" + name.shortName() + "' (" + said + ")", next);
  }

  /// What the registry says of its error, as one plain line.
  private static String words(Response response) {
    if (response.header("content-type").orElse("").startsWith("text/html")) {
      return "";
    }
    String text = response.text(MOST_BODY);
    String said = text;
    try {
      JsonNode tree = JSON.readTree(text);
      JsonNode first = tree.path("errors").path(0);
      said =
          first.path("message").isTextual()
              ? first.path("message").asText()
              : first.path("code").asText(tree.path("error").asText(""));
    } catch (JsonProcessingException e) {
      // Then it is text already.
    }
    String plain = said.replaceAll("[^\\x20-\\x7e]+", " ").strip();
    return plain.length() > MOST_WORDS ? plain.substring(0, MOST_WORDS) + "…" : plain;
  }
}
