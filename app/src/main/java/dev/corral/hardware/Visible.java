package dev.corral.hardware;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Which GPUs of a vendor a process may use, told by a variable such as `CUDA_VISIBLE_DEVICES`:
/// numbers or the beginnings of UUIDs, in the order in which they are to be used. What comes behind
/// the first that does not exist is hidden too; so do the vendors' libraries.
final class Visible {
  private Visible() {}

  /// @param names looked for in order; the first that is set counts
  static List<Gpu> of(List<Gpu> all, Map<String, String> variables, List<String> names) {
    for (String name : names) {
      if (variables.containsKey(name)) {
        return chosen(all, variables.getOrDefault(name, ""));
      }
    }
    return all;
  }

  private static List<Gpu> chosen(List<Gpu> all, String list) {
    List<Gpu> chosen = new ArrayList<>();
    for (String entry : list.split(",", -1)) {
      String wanted = entry.strip();
      List<Gpu> found =
          wanted.matches("\\d{1,3}")
              ? all.stream().skip(Integer.parseInt(wanted)).limit(1).toList()
              : all.stream()
                  .filter(gpu -> !wanted.isEmpty() && gpu.id().startsWith(wanted))
                  .toList();
      if (found.size() != 1 || chosen.contains(found.getFirst())) {
        break;
      }
      chosen.add(found.getFirst());
    }
    return chosen;
  }
}
