package dev.corral.blobs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/// The small layers of a model, read. What it does not have is empty.
///
/// @param template Go template text
/// @param params options of the model, as its JSON says them
/// @param messages a conversation that each chat begins with, as JSON
public record Texts(
    String template, String system, List<String> licenses, ObjectNode params, ArrayNode messages) {
  public Texts {
    licenses = List.copyOf(licenses);
  }

  /// A parameter of the model, or a missing node.
  public JsonNode param(String name) {
    return params.path(name);
  }
}
