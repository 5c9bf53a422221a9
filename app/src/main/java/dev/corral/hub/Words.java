package dev.corral.hub;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.corral.outbound.Response;
import dev.corral.registry.RetryAfter;
import dev.corral.registry.Trouble;
import dev.corral.registry.Trouble.Kind;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/// Words for what went wrong with one repository, or with a search.
///
/// @param host of the endpoint, for people
/// @param page where a browser sees what was asked for
/// @param what such as `owner/repository`; empty for a search
/// @param keyShown an HF_TOKEN was sent along
record Words(String host, String page, String what, boolean keyShown) {
  private static final int MOST_BODY = 8 * 1024;
  private static final int MOST_WORDS = 200;
  private static final JsonMapper JSON = new JsonMapper();

  static Words of(RepositoryName repository, URI endpoint, boolean keyShown) {
    return new Words(
        endpoint.getAuthority(), endpoint + "/" + repository, repository.toString(), keyShown);
  }

  static Words ofSearch(URI endpoint, boolean keyShown) {
    return new Words(endpoint.getAuthority(), endpoint + "/models", "", keyShown);
  }

  Trouble wrong(String clause) {
    return new Trouble(
        Kind.WRONG,
        host + ": " + clause,
        "Is HF_ENDPOINT right, and does that host speak Hugging Face's API?");
  }

  Trouble away(String clause) {
    return new Trouble(Kind.AWAY, host + ": " + clause, "Try again later.");
  }

  Trouble webPage() {
    return new Trouble(
        Kind.WRONG,
        host + " answers with a web page instead of data",
        "Does this network want a sign-in first? Behind a proxy, set HTTPS_PROXY.");
  }

  Trouble quiet(Duration left) {
    return new Trouble(
        Kind.AWAY,
        host + " wants fewer requests and is asked nothing for " + seconds(left) + " seconds",
        keyShown ? "Try again then." : "Try again then; with HF_TOKEN set it allows more.",
        Optional.of(left));
  }

  private static long seconds(Duration time) {
    return Math.max(1, time.plusMillis(999).toSeconds());
  }

  /// An answer that is not what was asked for.
  Trouble of(Response response, InstantSource clock) {
    int status = response.status();
    String code = response.header("x-error-code").orElse("");
    return switch (status) {
      case 401, 403 -> denied(status, code);
      case 404, 410 -> missing(code);
      case 416 -> wrong("a file is shorter than its listing says");
      case 429 -> {
        Optional<Duration> wait = RetryAfter.of(response, clock);
        yield new Trouble(
            Kind.AWAY,
            host
                + " wants fewer requests (429)"
                + wait.map(time -> "; in " + seconds(time) + " seconds it answers again")
                    .orElse(""),
            keyShown ? "Try again then." : "Try again then; with HF_TOKEN set it allows more.",
            wait);
      }
      default -> other(response, clock);
    };
  }

  private Trouble other(Response response, InstantSource clock) {
    int status = response.status();
    String words = said(response);
    String text = host + " answers " + status + (words.isEmpty() ? "" : ": " + words);
    boolean passing = status == 408 || status == 425 || status >= 500;
    return passing
        ? new Trouble(Kind.AWAY, text, "Try again later.", RetryAfter.of(response, clock))
        : new Trouble(Kind.WRONG, text, "");
  }

  private Trouble missing(String code) {
    return code.equals("EntryNotFound") || code.equals("RevisionNotFound")
        ? new Trouble(
            Kind.MISSING,
            "'" + what + "' at " + host + " has no such file or no branch main",
            "Look at " + page + ".")
        : none();
  }

  private Trouble none() {
    return new Trouble(
        Kind.MISSING,
        "there is no repository '" + what + "' at " + host + ", or it is private",
        keyShown
            ? "Check owner and name; if it is private, HF_TOKEN must belong to somebody who may"
                + " read it."
            : "Check owner and name; if it is private, set HF_TOKEN and start Corral again.");
  }

  /// The Hub says 401 for what is private, for what is gated, and for what is not there.
  private Trouble denied(int status, String code) {
    if (code.equals("RepoNotFound") || (code.isEmpty() && status == 401 && !keyShown)) {
      return code.isEmpty()
          ? new Trouble(
              Kind.DENIED,
              host
                  + " does not show '"
                  + what
                  + "' to somebody without a token: it is private or"
                  + " gated, or does not exist",
              "Check owner and name; else set HF_TOKEN ("
                  + host
                  + "/settings/tokens), accept the"
                  + " licence at "
                  + page
                  + " where it asks for that, and start Corral again.")
          : none();
    }
    return code.equals("GatedRepo") || status == 403 ? gated() : badToken();
  }

  private Trouble badToken() {
    return new Trouble(
        Kind.DENIED,
        host + " does not take the token in HF_TOKEN (401)",
        "Is it complete and still valid? Make one at "
            + host
            + "/settings/tokens, set HF_TOKEN, and start Corral again.");
  }

  /// What is gated is shown to all and given to those who accepted its licence.
  Trouble gated() {
    return keyShown
        ? new Trouble(
            Kind.DENIED,
            "'" + what + "' is gated, and the account of HF_TOKEN may not read it yet",
            "Accept the licence, or ask for access, at "
                + page
                + " with that account; then try"
                + " again.")
        : new Trouble(
            Kind.DENIED,
            "'" + what + "' is gated: its licence must be accepted, and no HF_TOKEN is set",
            "Accept the licence at "
                + page
                + ", make a token at "
                + host
                + "/settings/tokens, set HF_TOKEN, and start Corral again.");
  }

  /// What the Hub says of its error, as one plain line.
  private static String said(Response response) {
    if (response.header("content-type").orElse("").startsWith("text/html")) {
      return "";
    }
    String text = response.text(MOST_BODY);
    try {
      JsonNode tree = JSON.readTree(text);
      text = tree.path("error").asText("");
    } catch (JsonProcessingException e) {
      // Then it is text already.
    }
    return plain(text, MOST_WORDS);
  }

  /// What somebody else wrote, fit for a terminal and a page: one line of printable characters
  /// without the ones that mark-up is made of.
  static String plain(String text, int most) {
    String line =
        text.codePoints()
            .map(c -> shown(c) ? c : ' ')
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString()
            .replaceAll(" {2,}", " ")
            .strip();
    return line.codePointCount(0, line.length()) > most
        ? line.substring(0, line.offsetByCodePoints(0, most)) + "…"
        : line;
  }

  private static boolean shown(int c) {
    return c < 0x7f
        ? c >= ' ' && "<>&\"'`".indexOf(c) < 0
        : Character.isLetterOrDigit(c) && Character.isDefined(c);
  }
}
