package dev.corral.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `corral doctor`: looks for the cause of a symptom and ends with what to do. Works without a
/// server; that there is none is a finding.
@Command(
    name = "doctor",
    description = {
      "Look for what is wrong; without a word: all. Symptoms: cannot-connect, wrong-model, slow,"
          + " not-found, not-listed, pull-fails, stalled, disk-full, crashes, garbage, fit-wrong."
    })
final class Doctor extends Verb {
  @Parameters(index = "0", arity = "0..1", paramLabel = "SYMPTOM")
  String symptom = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "MODEL",
      description = "The model that is wrong or slow.")
  String model = "";

  @Override
  void run() {
    Map<String, Supplier<List<Finding>>> symptoms = new LinkedHashMap<>();
    symptoms.put("cannot-connect", new Connection(this)::look);
    symptoms.put("wrong-model", () -> new Choice(this, model).look());
    symptoms.put("slow", () -> new Speed(this, model).look());
    Shelf shelf = new Shelf(this, model);
    symptoms.put("not-found", shelf::notFound);
    symptoms.put("not-listed", shelf::notListed);
    symptoms.put("pull-fails", shelf::pullFails);
    symptoms.put("stalled", shelf::stalled);
    symptoms.put("disk-full", shelf::diskFull);
    symptoms.put("crashes", shelf::crashes);
    symptoms.put("garbage", shelf::garbage);
    symptoms.put("fit-wrong", () -> new Estimates(this, model).look());
    if (!symptom.isEmpty() && !symptoms.containsKey(symptom)) {
      throw new Failure(
          Exit.USAGE,
          "'" + symptom + "' is no symptom that I know",
          "Known are: " + String.join(", ", symptoms.keySet()));
    }
    Map<String, List<Finding>> found = new LinkedHashMap<>();
    for (Map.Entry<String, Supplier<List<Finding>>> each : symptoms.entrySet()) {
      boolean wanted = symptom.isEmpty() || symptom.equals(each.getKey());
      if (wanted && (found.isEmpty() || reached())) {
        found.put(each.getKey(), each.getValue().get());
      }
    }
    report(found);
  }

  /// Without a server that tells its state the other symptoms have nothing to look at; why there is
  /// none, the first has told.
  private boolean reached() {
    try {
      return server().get("/manage/status").isObject();
    } catch (Failure _) {
      return false;
    }
  }

  private void report(Map<String, List<Finding>> found) {
    List<Finding> all = new ArrayList<>();
    found.values().forEach(all::addAll);
    List<Finding> wrong = all.stream().filter(finding -> !finding.good()).toList();
    if (json()) {
      document(found);
    } else {
      found.forEach(this::print);
    }
    if (!wrong.isEmpty()) {
      String words = wrong.size() == 1 ? "something is wrong" : wrong.size() + " things are wrong";
      throw new Failure(Exit.FAILED, words, "What to do: " + wrong.getFirst().next());
    }
    done("Nothing wrong was found" + (symptom.isEmpty() ? "." : " for '" + symptom + "'."));
  }

  private void print(String name, List<Finding> findings) {
    screen().print(screen().bold(name));
    for (Finding finding : findings) {
      String mark = finding.good() ? screen().good("ok ") : screen().bad("BAD");
      screen().print("  " + mark + " " + finding.words());
      if (!finding.next().isEmpty()) {
        screen().print("      " + finding.next());
      }
    }
  }
}
