package dev.corral.runner.grammar;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Names of properties other than those that the schema lists, so that none comes twice.
final class OtherNames {
  /// Longer names, and names that JSON must escape, are not kept apart: that a model writes one of
  /// them again is a smaller harm than a grammar nested that deeply.
  private static final int LONGEST = 64;

  /// The listed names as a tree of characters.
  private static final class Branch {
    private final TreeMap<Integer, Branch> next = new TreeMap<>();
    private boolean ends;
  }

  private final Rules rules;

  OtherNames(Rules rules) {
    this.rules = rules;
  }

  String body(@Nullable JsonNode named) {
    Branch root = new Branch();
    if (named != null) {
      named.fieldNames().forEachRemaining(name -> add(root, name));
    }
    if (root.next.isEmpty()) {
      return rules.usual("string");
    }
    rules.usual("char");
    return "\"\\\"\" ( " + behind(root) + " )" + (root.ends ? "" : "?") + " \"\\\"\"";
  }

  private static void add(Branch root, String name) {
    boolean plain = name.codePoints().allMatch(c -> c >= ' ' && c != '"' && c != '\\' && c != 127);
    if (!plain || name.codePointCount(0, name.length()) > LONGEST) {
      return;
    }
    Branch branch = root;
    for (int c : name.codePoints().toArray()) {
      branch = branch.next.computeIfAbsent(c, _ -> new Branch());
    }
    branch.ends = true;
  }

  /// What may follow here so that the whole is none of the names; never nothing.
  private static String behind(Branch branch) {
    List<String> ways = new ArrayList<>();
    StringBuilder taken = new StringBuilder();
    branch.next.forEach((c, next) -> {
      String here = Gbnf.inClass(c);
      taken.append(here);
      String rest =
          next.next.isEmpty() ? "char+" : "( " + behind(next) + " )" + (next.ends ? "" : "?");
      ways.add("[" + here + "] " + rest);
    });
    ways.add("[^\"\\\\\\x7F\\x00-\\x1F" + taken + "] char*");
    return String.join(" | ", ways);
  }
}
