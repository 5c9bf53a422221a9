package dev.corral.control;

import dev.corral.access.Route;
import dev.corral.door.Visit;
import java.util.Map;

/// Management calls about one thing, with the rooms they ask.
public interface CallGroup {
  /// One visitor for each of its routes.
  Map<Route, Visit.Visitor> visitors();
}
