package dev.corral.templates.jinja;

import org.jspecify.annotations.Nullable;

/// What `|` applies: a value in, a value out.
interface Filter {
  Value apply(Rendering rendering, Value subject, Arguments arguments);

  static @Nullable Filter find(String name) {
    Filter filter = Filters.ALL.get(name);
    return filter == null ? SequenceFilters.ALL.get(name) : filter;
  }
}
