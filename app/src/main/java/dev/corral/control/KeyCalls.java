package dev.corral.control;

import dev.corral.access.Key;
import dev.corral.access.Keys;
import dev.corral.access.Scope;
import dev.corral.api.KeyView;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// `/manage/keys`.
final class KeyCalls {
  /// Nine digits of weeks would leave the calendar.
  private static final Pattern SPAN = Pattern.compile("(\\d{1,5})\\s*([mhdw])");

  private static final String HOW_LONG = "Write a number and m, h, d or w: 90d, 12h.";

  private final Keys keys;
  private final InstantSource clock;

  KeyCalls(Keys keys, InstantSource clock) {
    this.keys = keys;
    this.clock = clock;
  }

  Answer all(Question question) {
    return question.method().equals("POST") ? create(question) : list();
  }

  private Answer list() {
    return Answer.of(
        keys.list().stream().map(listed -> view(listed.key(), listed.lastUsed())).toList());
  }

  private Answer create(Question question) {
    Fields fields = question.fields(KeyView.New.class);
    String name = fields.text("name");
    Set<Scope> scopes = scopes(fields.words("scopes"));
    @Nullable Instant expiresAt = expiry(fields.textOr("expiresIn", ""));
    return switch (keys.create(name, scopes, expiresAt)) {
      case Keys.Creation.Refused no -> new Answer.No(no.problem());
      case Keys.Creation.Created made ->
          Answer.created(
              "/manage/keys/" + URLEncoder.encode(name, StandardCharsets.UTF_8),
              new KeyView.Created(view(made.key(), null), made.secret()));
    };
  }

  Answer revoke(Question question) {
    String name = question.segment();
    return keys.revoke(name).isPresent()
        ? new Answer.Done()
        : Answer.no(404, "There is no key called '" + name + "'", "See them: corral keys list");
  }

  private static Set<Scope> scopes(List<String> words) {
    Set<Scope> scopes = EnumSet.noneOf(Scope.class);
    for (String word : words) {
      scopes.add(
          Scope.named(word)
              .orElseThrow(() ->
                  new BadRequest(
                      "'" + word + "' is no scope", "Scopes are infer, pull, manage and admin.")));
    }
    // A key that may do nothing is nobody's wish; one that may do the least is most people's.
    return scopes.isEmpty() ? EnumSet.of(Scope.INFER) : scopes;
  }

  private @Nullable Instant expiry(String span) {
    if (span.isEmpty()) {
      return null;
    }
    Matcher parts = SPAN.matcher(span.toLowerCase(Locale.ROOT));
    if (!parts.matches()) {
      throw new BadRequest("'" + span + "' is no span of time", HOW_LONG);
    }
    long count = Long.parseLong(parts.group(1));
    Duration unit =
        switch (parts.group(2)) {
          case "m" -> Duration.ofMinutes(1);
          case "h" -> Duration.ofHours(1);
          case "d" -> Duration.ofDays(1);
          default -> Duration.ofDays(7);
        };
    return clock.instant().plus(unit.multipliedBy(count));
  }

  private static KeyView view(Key key, @Nullable Instant lastUsed) {
    return new KeyView(
        key.name(),
        key.hint(),
        key.scopes().stream().sorted().map(Scope::word).toList(),
        key.createdAt(),
        key.expiresAt(),
        lastUsed);
  }
}
