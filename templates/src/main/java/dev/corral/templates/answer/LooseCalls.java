package dev.corral.templates.answer;

import dev.corral.templates.TemplateFailure;
import dev.corral.templates.answer.Unit.Call;
import java.util.ArrayList;
import java.util.List;

/// Reads calls that are written nearly as in a program.
final class LooseCalls {
  private static final List<String> PYTHON = List.of("\"", "'");

  private LooseCalls() {}

  /// `[f(a='x'), g()]`, or one `f(a='x')` on each line, between two marks.
  static Unit.Reading python(String open, String close) {
    return (text, _) -> {
      try {
        LooseValues values = new LooseValues(inside(text, open, close), PYTHON, false);
        boolean list = values.skip("[");
        List<Call> calls = new ArrayList<>();
        while (!values.atEnd() && !(list && values.skip("]"))) {
          String name = values.name();
          if (!values.skip("(")) {
            return List.of();
          }
          calls.add(new Call(name, values.fields(")", "=")));
          values.skip(",");
        }
        return values.atEnd() ? calls : List.of();
      } catch (TemplateFailure _) {
        return List.of();
      }
    };
  }

  /// `call:f{a:<escape>x<escape>}` between two marks.
  static Unit.Reading colons(String open, String close, String quote) {
    return (text, _) -> {
      try {
        LooseValues values = new LooseValues(inside(text, open, close), List.of(quote, "\""), true);
        if (!values.skip("call:")) {
          return List.of();
        }
        String name = values.name();
        if (!values.skip("{")) {
          return List.of();
        }
        Call call = new Call(name, values.fields("}", ":"));
        return values.atEnd() ? List.of(call) : List.of();
      } catch (TemplateFailure _) {
        return List.of();
      }
    };
  }

  private static String inside(String text, String open, String close) {
    int end =
        !close.isEmpty() && text.endsWith(close) ? text.length() - close.length() : text.length();
    return text.substring(open.length(), end);
  }
}
