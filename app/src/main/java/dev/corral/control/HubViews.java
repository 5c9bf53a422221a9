package dev.corral.control;

import dev.corral.api.HubChoice;
import dev.corral.api.HubRepository;
import dev.corral.fit.Fit;
import dev.corral.hub.Choice;
import dev.corral.hub.HubFile;
import dev.corral.hub.Offer;
import dev.corral.hub.Repository;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The hub's values as records of `/manage`.
final class HubViews {
  private HubViews() {}

  /// @param tag what was named with the repository; empty for nothing
  static HubRepository of(Offer offer, String url, String tag) {
    Repository repository = offer.repository();
    return new HubRepository(
        repository.name().toString(),
        url,
        HubCalls.word(repository.access()),
        offer.license(),
        offer.architecture(),
        boxed(offer.contextLength()),
        boxed(offer.parameters()),
        offer.chatTemplate().orElse(null),
        repository.downloads(),
        repository.likes(),
        offer.recommended().map(Choice::title).orElse(""),
        repository.files().projector().map(HubFile::path).orElse(""),
        offer.choices().stream().map(one -> choice(offer, one)).toList(),
        repository.files().leftOut(),
        notes(offer, tag));
  }

  private static List<String> notes(Offer offer, String tag) {
    boolean there = tag.isEmpty() || offer.repository().files().meantBy(tag).isPresent();
    return Stream.concat(
            there ? Stream.empty() : Stream.of("It has no '" + tag + "'; choose one of these."),
            offer.notes().stream())
        .toList();
  }

  private static @Nullable Long boxed(OptionalLong number) {
    return number.isPresent() ? number.getAsLong() : null;
  }

  private static HubChoice choice(Offer offer, Offer.Judged judged) {
    Choice choice = judged.choice();
    Optional<Fit> fit = judged.fit();
    return new HubChoice(
        choice.title(),
        choice.name().map(Object::toString).orElse(""),
        choice.files().stream().map(HubFile::path).toList(),
        choice.size(),
        fit.map(HubViews::memory).orElse(null),
        fit.map(one -> one.verdict().word()).orElse(""),
        judged.exact(),
        fit.map(Fit::missingBytes).orElse(0L),
        fit.map(Fit::reason).orElse(""),
        fit.map(Fit::next).orElse(null),
        judged.words(),
        offer.recommended().filter(choice::equals).isPresent(),
        problem(choice));
  }

  private static long memory(Fit fit) {
    return fit.hostBytes() + fit.deviceBytes().stream().mapToLong(Long::longValue).sum();
  }

  private static String problem(Choice choice) {
    if (!choice.whole()) {
      String parts =
          choice.missing().stream().map(String::valueOf).collect(Collectors.joining(", "));
      return (choice.missing().size() == 1 ? "part " : "parts ")
          + parts
          + " of "
          + choice.parts()
          + (choice.missing().size() == 1 ? " is" : " are")
          + " missing in the repository";
    }
    return choice.name().isEmpty() ? "another file has the same name for a quantization" : "";
  }
}
