package dev.corral.control;

import dev.corral.access.Route;
import dev.corral.api.HubHit;
import dev.corral.door.Visit;
import dev.corral.fit.Here;
import dev.corral.hub.Answered;
import dev.corral.hub.Hit;
import dev.corral.hub.Hubs;
import dev.corral.hub.Offer;
import dev.corral.hub.Offers;
import dev.corral.hub.Repository.Access;
import dev.corral.hub.RepositoryName;
import dev.corral.hub.Sought;
import dev.corral.registry.Trouble;
import dev.corral.wire.Problem;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// `/manage/hub`: what a repository of Hugging Face has, and search.
public final class HubCalls implements CallGroup {
  /// Longer than any name; what is longer is a mistake.
  private static final int MOST_WORDS = 300;

  private final Supplier<Hubs> hubs;
  private final Supplier<Optional<Here>> here;

  /// @param hubs as the settings in force let it be asked
  /// @param here empty where models do not run on this machine
  public HubCalls(Supplier<Hubs> hubs, Supplier<Optional<Here>> here) {
    this.hubs = hubs;
    this.here = here;
  }

  @Override
  public Map<Route, Visit.Visitor> visitors() {
    return Map.of(Route.M_HUB, Calls.calling(this::answer));
  }

  private Answer answer(Question question) {
    String repo = text(question, "repo");
    String words = text(question, "q");
    if (repo.isEmpty() == words.isEmpty()) {
      throw new BadRequest(
          "A question to the Hub has either a repository or words to look for",
          "Ask GET /manage/hub?repo=OWNER/REPOSITORY or GET /manage/hub?q=WORDS.");
    }
    Hubs asked = hubs.get();
    return repo.isEmpty() ? search(asked, words) : repository(asked, repo);
  }

  private static String text(Question question, String name) {
    String text = question.parameter(name).orElse("").strip();
    if (text.length() > MOST_WORDS) {
      throw new BadRequest("'" + name + "' is longer than " + MOST_WORDS + " characters", "");
    }
    return text;
  }

  private static Answer search(Hubs hubs, String words) {
    return switch (hubs.find(words)) {
      case Answered.Not<List<Hit>>(Trouble trouble) -> refusal(trouble);
      case Answered.Got<List<Hit>>(List<Hit> hits) ->
          Answer.of(
              hits.stream()
                  .map(hit ->
                      new HubHit(
                          hit.name().toString(),
                          page(hubs.endpoint(), hit.name()),
                          word(hit.access()),
                          hit.downloads(),
                          hit.likes(),
                          hit.updated()))
                  .toList());
    };
  }

  private Answer repository(Hubs hubs, String text) {
    return switch (Sought.read(text, hubs.endpoint())) {
      case Sought.Wrong wrong -> throw new BadRequest(wrong.why(), wrong.next());
      case Sought.Found found ->
          switch (new Offers(hubs).of(found.repository(), here.get())) {
            case Answered.Not<Offer>(Trouble trouble) -> refusal(trouble);
            case Answered.Got<Offer>(Offer offer) ->
                Answer.of(
                    HubViews.of(offer, page(hubs.endpoint(), found.repository()), found.tag()));
          };
    };
  }

  private static String page(URI endpoint, RepositoryName name) {
    return endpoint + "/" + name;
  }

  static String word(Access access) {
    return access.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static Answer refusal(Trouble trouble) {
    int status =
        switch (trouble.kind()) {
          case MISSING -> 404;
          case DENIED, NOT_ALLOWED -> 403;
          case AWAY -> 503;
          case WRONG -> 502;
        };
    Problem problem = Problem.of(status, trouble.text(), trouble.next());
    return new Answer.No(
        trouble
            .retryAfter()
            .map(wait -> problem.retryAfter((int) Math.max(1, wait.plusMillis(999).toSeconds())))
            .orElse(problem));
  }
}
