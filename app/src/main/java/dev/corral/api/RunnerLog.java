package dev.corral.api;

import java.util.List;

/// `GET /manage/runners/{name}/log`: the last lines of the runner that serves a model, or of the
/// last one that did.
///
/// @param pid of its process
/// @param from the number of the first line
public record RunnerLog(String name, long pid, long from, List<String> lines) {
  public RunnerLog {
    lines = List.copyOf(lines);
  }
}
