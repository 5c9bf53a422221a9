package dev.corral.hub;

import dev.corral.model.ModelName;
import java.util.regex.Pattern;

/// Owner and name of a repository, in characters that need no escaping anywhere.
public record RepositoryName(String owner, String name) {
  /// A name of these characters that is no folder of its own.
  private static final Pattern PART = Pattern.compile("(?!\\.+$)[A-Za-z0-9_.-]{1,96}");

  /// @throws IllegalArgumentException where the Hub would not take the names
  public RepositoryName {
    if (!PART.matcher(owner).matches() || !PART.matcher(name).matches()) {
      throw new IllegalArgumentException("'" + owner + "/" + name + "' is no repository");
    }
  }

  /// The repository of a model's name, which is one of the Hub.
  static RepositoryName of(ModelName model) {
    return new RepositoryName(model.namespace(), model.model());
  }

  @Override
  public String toString() {
    return owner + "/" + name;
  }
}
