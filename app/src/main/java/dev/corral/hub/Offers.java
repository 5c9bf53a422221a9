package dev.corral.hub;

import dev.corral.fit.Fit;
import dev.corral.fit.Here;
import dev.corral.fit.Verdict;
import dev.corral.gguf.Gguf;
import dev.corral.gguf.Tensor;
import dev.corral.hub.Offer.Basis;
import dev.corral.hub.Offer.Judged;
import dev.corral.registry.Trouble;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/// Weighs all choices of a repository. The header of one is read, that of the others follows by
/// arithmetic from their sizes; then the one that is to be recommended is looked at itself.
public final class Offers {
  /// Headers of so many choices are read for one question.
  private static final int MOST_HEADERS = 3;

  /// A set of more parts is weighed by its size: each part costs a request.
  private static final int MOST_PARTS = 8;

  /// After so long no further header is begun: somebody waits for the answer.
  private static final long ENOUGH_NANOS = TimeUnit.SECONDS.toNanos(20);

  private static final String TEMPLATE = "tokenizer.chat_template";
  private static final int MOST_WORDS = 80;

  private final Hubs hubs;

  public Offers(Hubs hubs) {
    this.hubs = hubs;
  }

  /// @param here empty where models do not run on this machine, so that nobody knows on what
  public Answered<Offer> of(RepositoryName name, Optional<Here> here) {
    return hubs.repository(name).then(repository -> offered(repository, here));
  }

  private Answered<Offer> offered(Repository repository, Optional<Here> here) {
    return repository.files().choices().isEmpty()
        ? new Answered.Not<>(nothing(repository))
        : new Answered.Got<>(new Weighing(repository, here).offer());
  }

  private static Trouble nothing(Repository repository) {
    boolean some = !repository.files().leftOut().isEmpty();
    String search = "corral hub --search \"" + repository.name().name() + " GGUF\"";
    return new Trouble(
        Trouble.Kind.MISSING,
        "'"
            + repository.name()
            + "' has no GGUF file"
            + (some ? " that is a model (" + repository.files().leftOut().size() + " others)" : ""),
        "Somebody may have converted it; look with: " + search);
  }

  /// The work for one question.
  private final class Weighing {
    private final long begun = System.nanoTime();
    private final Repository repository;
    private final Optional<Here> here;
    private final Map<Choice, Gguf> headers = new HashMap<>();
    private final List<Trouble> troubles = new ArrayList<>();

    Weighing(Repository repository, Optional<Here> here) {
      this.repository = repository;
      this.here = here;
    }

    Offer offer() {
      sample().ifPresent(this::read);
      List<Judged> judged = judged();
      Optional<Choice> recommended = recommended(judged);
      int left = MOST_HEADERS - 1;
      while (left-- > 0 && here.isPresent() && recommended.filter(this::worthReading).isPresent()) {
        read(recommended.get());
        judged = judged();
        recommended = recommended(judged);
      }
      Optional<Gguf> known = headers.values().stream().findFirst();
      Optional<Boolean> template = template(known);
      return new Offer(
          repository,
          judged,
          recommended,
          license(known),
          known
              .flatMap(Gguf::architecture)
              .map(text -> Words.plain(text, MOST_WORDS))
              .orElse(repository.architecture()),
          contextLength(known),
          parameters(known),
          template,
          notes(known, template));
    }

    /// The one whose header stands for all: a single file where there is one.
    private Optional<Choice> sample() {
      List<Choice> single =
          repository.files().choices().stream()
              .filter(choice -> choice.whole() && choice.parts() == 1)
              .toList();
      return Recommendation.withoutHardware(single)
          .or(() -> single.stream().findFirst())
          .or(() ->
              repository.files().choices().stream()
                  .filter(choice -> choice.whole() && choice.parts() <= MOST_PARTS)
                  .findFirst());
    }

    private boolean worthReading(Choice choice) {
      boolean time = System.nanoTime() - begun < ENOUGH_NANOS;
      return time
          && troubles.isEmpty()
          && !headers.containsKey(choice)
          && choice.parts() <= MOST_PARTS;
    }

    private void read(Choice choice) {
      switch (hubs.headers().of(repository.name(), choice, Depth.EXACT)) {
        case Answered.Got<Header>(Header header) -> headers.put(choice, header.gguf());
        case Answered.Not<Header>(Trouble trouble) -> troubles.add(trouble);
      }
    }

    private List<Judged> judged() {
      return repository.files().choices().stream().map(this::judged).toList();
    }

    private Judged judged(Choice choice) {
      if (here.isEmpty() || !choice.whole()) {
        return new Judged(choice, Optional.empty(), Basis.SIZE);
      }
      String model = choice.name().map(Object::toString).orElseGet(choice::title);
      long beside = repository.projectorBytes();
      Gguf own = headers.get(choice);
      if (own != null) {
        return new Judged(
            choice, Optional.of(here.get().of(model, own.seeing(beside))), Basis.HEADER);
      }
      Optional<Map.Entry<Choice, Gguf>> sibling = headers.entrySet().stream().findFirst();
      Fit fit =
          sibling.isPresent()
              ? here.get()
                  .of(
                      model,
                      Tables.scaled(
                              sibling.get().getValue(),
                              sibling.get().getKey().size(),
                              choice.size())
                          .seeing(beside))
              : here.get().roughly(model, choice.size() + beside);
      return new Judged(choice, Optional.of(fit), sibling.isPresent() ? Basis.SIBLING : Basis.SIZE);
    }

    private Optional<Choice> recommended(List<Judged> judged) {
      Map<Choice, Optional<Verdict>> verdicts = new HashMap<>();
      judged.forEach(one -> verdicts.put(one.choice(), one.fit().map(Fit::verdict)));
      return Recommendation.of(
          repository.files().choices(), choice -> verdicts.getOrDefault(choice, Optional.empty()));
    }

    private Optional<Boolean> template(Optional<Gguf> header) {
      if (repository.chatTemplate().orElse(false)) {
        return Optional.of(true);
      }
      Optional<Boolean> told =
          header
              .filter(gguf -> gguf.complete() || gguf.text(TEMPLATE).isPresent())
              .map(gguf -> gguf.text(TEMPLATE).filter(text -> !text.isBlank()).isPresent());
      return told.or(repository::chatTemplate);
    }

    private OptionalLong contextLength(Optional<Gguf> header) {
      OptionalLong told =
          header
              .flatMap(
                  gguf -> gguf.architecture().map(name -> gguf.whole(name + ".context_length")))
              .orElse(OptionalLong.empty());
      return told.isPresent() ? told : repository.contextLength();
    }

    private OptionalLong parameters(Optional<Gguf> header) {
      if (repository.parameters().isPresent()) {
        return repository.parameters();
      }
      return header.filter(Gguf::complete).isPresent()
          ? OptionalLong.of(header.get().tensors().stream().mapToLong(Tensor::elements).sum())
          : OptionalLong.empty();
    }

    private String license(Optional<Gguf> header) {
      return repository.license().isEmpty()
          ? Words.plain(header.flatMap(gguf -> gguf.text("general.license")).orElse(""), MOST_WORDS)
          : repository.license();
    }

    private List<String> notes(Optional<Gguf> header, Optional<Boolean> template) {
      List<String> notes = new ArrayList<>();
      if (repository.access().gated() && troubles.isEmpty() && header.isEmpty()) {
        notes.add("Its files are given only to those who accepted its licence.");
      }
      troubles.forEach(trouble -> notes.add("The figures are rough: " + trouble.sentence()));
      if (template.filter(there -> !there).isPresent() && !embeds(header)) {
        notes.add(
            "It has no chat template: a base model, which goes on with a text instead of answering."
                + " For a conversation choose one whose name says Instruct or Chat.");
      }
      if (repository.truncated()) {
        notes.add("It has more files than are listed; those behind the first 20 pages are not.");
      }
      return notes;
    }

    /// Models that give vectors have no use for a chat template.
    private boolean embeds(Optional<Gguf> header) {
      return header
          .flatMap(gguf -> gguf.architecture().map(name -> gguf.whole(name + ".pooling_type")))
          .filter(pooling -> pooling.isPresent())
          .isPresent();
    }
  }
}
