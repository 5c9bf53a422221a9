package dev.corral.templates.jinja;

/// What kinds of values are called in error messages.
final class Kinds {
  private Kinds() {}

  static String of(Value value) {
    return switch (value) {
      case Value.Text _ -> "string";
      case Value.Int _ -> "integer";
      case Value.Real _ -> "float";
      case Value.Bool _ -> "boolean";
      case Value.None _ -> "none";
      case Value.Undefined _ -> "undefined value";
      case Value.Items(Value.Items.Kind kind, var _) ->
          switch (kind) {
            case LIST -> "list";
            case TUPLE, GROUP -> "tuple";
            case ITEMS, KEYS, VALUES -> "part of a dict";
            case STREAM -> "stream";
          };
      case Value.Dict _ -> "mapping";
      case Value.Namespace _ -> "namespace";
      case Value.LoopVariable _ -> "loop";
      case Value.Callable _ -> "function";
    };
  }
}
