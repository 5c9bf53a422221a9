package dev.corral.templates.jinja;

import dev.corral.templates.MarkedText;
import java.util.Locale;

/// Upper and lower case, word by word.
final class TextCase {
  private TextCase() {}

  /// Each run of letters begins large, as `str.title` has it (so `they're` becomes `They'Re`).
  static MarkedText title(MarkedText text) {
    MarkedText.Builder titled = new MarkedText.Builder();
    boolean within = false;
    String plain = text.toString();
    int at = 0;
    while (at < plain.length()) {
      int next = at + Character.charCount(plain.codePointAt(at));
      MarkedText letter = text.slice(at, next);
      titled.append(within ? TextMethods.lower(letter) : TextMethods.upper(letter));
      within = Character.isLetter(plain.codePointAt(at));
      at = next;
    }
    return titled.build();
  }

  /// Each word begins large, as the filter `title` has it: words end at blanks, `-` and brackets.
  static MarkedText words(MarkedText text) {
    MarkedText.Builder titled = new MarkedText.Builder();
    String plain = text.toString();
    int at = 0;
    while (at < plain.length()) {
      boolean separator = separator(plain.charAt(at));
      int end = at;
      while (end < plain.length() && separator(plain.charAt(end)) == separator) {
        end++;
      }
      titled.append(TextMethods.capitalize(text.slice(at, end)));
      at = end;
    }
    return titled.build();
  }

  private static boolean separator(char c) {
    return PythonText.isSpace(c) || "-({[<".indexOf(c) >= 0;
  }

  static MarkedText swap(MarkedText text) {
    return text.map(run -> {
      StringBuilder swapped = new StringBuilder(run.length());
      run.codePoints()
          .forEach(c -> {
            String letter = Character.toString(c);
            swapped.append(
                Character.isUpperCase(c)
                    ? letter.toLowerCase(Locale.ROOT)
                    : letter.toUpperCase(Locale.ROOT));
          });
      return swapped.toString();
    });
  }

  /// True where there are letters with a case and all have this one.
  static boolean is(MarkedText text, boolean upper) {
    String plain = text.toString();
    return plain.codePoints().noneMatch(upper ? Character::isLowerCase : Character::isUpperCase)
        && plain.codePoints().anyMatch(upper ? Character::isUpperCase : Character::isLowerCase);
  }
}
