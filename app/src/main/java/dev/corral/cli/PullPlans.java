package dev.corral.cli;

import dev.corral.api.PullPlan;
import dev.corral.model.Bytes;
import java.util.ArrayList;
import java.util.List;

/// What pulls would do, in words; and what speaks against them.
final class PullPlans {
  private final Verb verb;
  private final List<PullPlan> plans;

  PullPlans(Verb verb, List<PullPlan> plans) {
    this.verb = verb;
    this.plans = List.copyOf(plans);
  }

  /// The whole plan, as an answer.
  void print() {
    if (verb.json()) {
      verb.document(plans);
      return;
    }
    List<List<String>> rows = new ArrayList<>();
    for (PullPlan plan : plans) {
      rows.add(
          List.of(
              plan.model(),
              plan.target(),
              plan.why().isEmpty() ? "-" : plan.why(),
              there(plan),
              plan.bytesTotal() == 0 ? "?" : new Bytes(plan.bytesToFetch()).human(),
              disk(plan),
              plan.verdict().isEmpty() ? "?" : plan.verdict(),
              plan.seconds() == null ? "?" : PullBars.time(plan.seconds())));
    }
    verb.screen()
        .table(List.of("MODEL", "ON", "FOR", "THERE", "FETCH", "DISK FREE", "FIT", "TIME"), rows);
    long bytes = plans.stream().mapToLong(PullPlan::bytesToFetch).sum();
    verb.done(new Bytes(bytes).human() + " to fetch in all; nothing was done.");
  }

  /// A plan of what nobody could tell is none.
  ///
  /// @throws Failure where a registry could not be asked about a model that is to be fetched
  void require() {
    for (PullPlan plan : plans) {
      if (!plan.there() && !plan.missing() && !plan.problem().isEmpty()) {
        throw new Failure(
            plan.denied() ? Exit.REFUSED : Exit.FAILED,
            "'" + plan.model() + "': " + plan.problem(),
            plan.next());
      }
    }
  }

  private static String there(PullPlan plan) {
    if (!plan.there()) {
      return plan.missing() ? "nowhere" : "no";
    }
    Boolean current = plan.current();
    return current == null ? "yes" : current ? "yes, current" : "yes, older";
  }

  private static String disk(PullPlan plan) {
    Long free = plan.freeBytes();
    Long after = plan.freeAfter();
    return free == null || after == null
        ? "?"
        : new Bytes(free).human()
            + (after < 0
                ? " (lacks " + new Bytes(-after).human() + ")"
                : " → " + new Bytes(after).human());
  }

  /// Before it begins, one line of what comes.
  void announce() {
    long bytes = plans.stream().mapToLong(PullPlan::bytesToFetch).sum();
    if (plans.size() > 1 && bytes > 0 && !verb.root().quiet && !verb.json()) {
      verb.screen().note(plans.size() + " models, " + new Bytes(bytes).human() + " to fetch");
    }
  }

  /// Stops where a rule or the world speaks against it. The disk is counted over all models, since
  /// they share it.
  ///
  /// @param force what does not fit into memory is wanted all the same
  void refuse(boolean force) {
    for (PullPlan plan : plans) {
      if (plan.missing() && !plan.there()) {
        throw new Failure(
            Exit.MISSING,
            "no registry has '" + plan.model() + "'",
            "Check the spelling; a model of Hugging Face is written hf.co/OWNER/REPOSITORY.");
      }
      boolean wont = plan.verdict().equals("wont") || plan.verdict().equals("refused");
      if (wont && !force && !plan.there()) {
        throw new Failure(
            Exit.REFUSED,
            "'" + plan.model() + "' does not fit here: " + plan.fitReason(),
            (plan.next().isEmpty() ? "" : plan.next() + " ") + "To fetch it all the same: --force");
      }
    }
    plans.stream().map(PullPlan::target).distinct().forEach(this::room);
  }

  private void room(String target) {
    List<PullPlan> here = plans.stream().filter(plan -> plan.target().equals(target)).toList();
    Long free = here.getFirst().freeBytes();
    long bytes = here.stream().mapToLong(PullPlan::bytesToFetch).sum();
    if (free != null && bytes > free) {
      throw new Failure(
          Exit.REFUSED,
          "there is no room: "
              + new Bytes(bytes).human()
              + " are to be fetched, "
              + new Bytes(free).human()
              + " are free above the reserve",
          "Free at least "
              + new Bytes(bytes - free).human()
              + ", for example with: corral rm MODEL");
    }
  }
}
