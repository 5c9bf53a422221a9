package dev.corral.runner.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Strings under a `pattern`. The expression speaks of the text, the grammar of its JSON.
class PatternTest {
  @Test
  void anAnchoredExpressionFitsTheWholeText() {
    fits("^[A-Z]{2}-\\d{3,4}$", "AB-123", "ZZ-0000").not("AB-12", "ab-123", "AB-12345", "");
    fits("^(red|green|blue)$", "red", "blue").not("redgreen", "r");
    fits("^a*b+c?$", "b", "aabbc").not("ac", "abcc");
    fits("^(?:(?<year>\\d{4})-)?x$", "x", "2026-x").not("26-x");
    fits("^$", "").not("a");
    fits("^a|b$", "axx", "xxb").not("xa", "bx");
  }

  @Test
  void withoutAnchorsItFitsAnywhere() {
    fits("cat", "cat", "a cat sat").not("ct", "");
    fits("^cat", "catalogue").not("a cat");
    fits("cat$", "tomcat").not("cats");
  }

  @Test
  void classesAndEscapesMeanWhatTheyMeanInEcmaScript() {
    fits("^\\w+@[\\w.-]+$", "a_1@b-c.de").not("a b@c", "@c");
    fits("^[^a-c]$", "d", "é", "😀").not("a", "dd");
    fits("^\\u00e9\\x41\\u{1F600}$", "éA😀").not("eA");
    fits("^[\\]\\-x]+$", "]-x").not("a");
    fits("^.\\.$", "a.", "..").not("ab");
    fits("^\\S\\D\\W$", "ab!").not("a1!", "abc");
    fits("^{}$", "{}").not("");
    fits("^[\\w-.]$", "-", ".", "a").not("!");
  }

  @Test
  void whatJsonEscapesIsWrittenEscaped() {
    fitsJson("^\"\\\\$", "\\\"\\\\").not("\"\\");
    fitsJson("^a\\nb$", "a\\nb").not("a\nb");
    fitsJson("^[\\s]$", "\\t", " ").not("\t");
    fitsJson("^.$", "\\\"", "\\\\", "x").not("\"");
  }

  @Test
  void repeatingWhatMayBeEmptyComesToAnEnd() {
    fits("^(a*)*$", "", "aaa").not("b");
    fits("^(a?b?)+$", "", "abba").not("c");
    fits("^((a*)(b*)){2,3}c$", "c", "abc", "aabbabc").not("ab");
    fits("^(|x){3}$", "", "xxx").not("xxxx");
  }

  @Test
  void whatAGrammarCannotFollowLetsAnyStringPassAndSaysSo() {
    for (String pattern : List.of("^(?!x)y$", "(a)\\1", "\\bword\\b", "\\p{L}+", "a(?=b)", "x^y")) {
      Converted converted = convert(pattern);
      assertThat(converted).as(pattern).isInstanceOf(Converted.Grammar.class);
      Converted.Grammar grammar = (Converted.Grammar) converted;
      assertThat(grammar.loosened()).as(pattern).hasSize(1);
      assertThat(new Matcher(grammar.text()).accepts("\"anything\"")).isTrue();
    }
  }

  @Test
  void whatIsNoExpressionIsRefused() {
    for (String pattern :
        List.of("(", ")", "a**", "*", "[a", "[z-a]", "\\", "\\xZZ", "a{99999999}")) {
      assertThat(convert(pattern)).as(pattern).isInstanceOf(Converted.Refused.class);
    }
  }

  @Test
  void anExpressionThatExplodesIsRefused() {
    assertThat(convert("^((a{1,100}){1,100}){1,100}$"))
        .isEqualTo(
            new Converted.Refused(
                "The JSON schema cannot be used: at #/pattern: a regular expression whose"
                    + " repetitions within repetitions multiply to more than 1000"));
    assertThat(convert("^a{200000}$")).isInstanceOf(Converted.Refused.class);
    assertThat(convert("(".repeat(500) + "a" + ")".repeat(500)))
        .isInstanceOf(Converted.Refused.class);
    assertThat(convert("a".repeat(3000))).isInstanceOf(Converted.Refused.class);
    assertThat(convert("^" + "(a?b?)*".repeat(100) + "$")).isInstanceOf(Converted.Grammar.class);
    assertThat(convert("^" + "(".repeat(40) + "a?" + "b?)*".repeat(40) + "$"))
        .isInstanceOf(Converted.class);
  }

  private record Verdict(Matcher matcher, String pattern) {
    void not(String... texts) {
      for (String text : texts) {
        assertThat(matcher.accepts('"' + text + '"')).as(text + " under " + pattern).isFalse();
      }
    }
  }

  private static Verdict fits(String pattern, String... texts) {
    return fitsJson(pattern, texts);
  }

  /// @param texts as they are written between the quotes
  private static Verdict fitsJson(String pattern, String... texts) {
    if (!(convert(pattern) instanceof Converted.Grammar(String grammar, List<String> loosened))) {
      throw new AssertionError(convert(pattern));
    }
    assertThat(loosened).as(pattern).isEmpty();
    Matcher matcher = new Matcher(grammar);
    for (String text : texts) {
      assertThat(matcher.accepts('"' + text + '"')).as(text + " under " + grammar).isTrue();
    }
    return new Verdict(matcher, pattern);
  }

  private static Converted convert(String pattern) {
    return SchemaGrammar.of(
        JsonNodeFactory.instance.objectNode().put("type", "string").put("pattern", pattern));
  }
}
