package dev.corral.templates;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Templates are strangers' programs. Each of these ends in a failure with a reason: on a small
/// stack, in little memory, and soon.
class AttackTest {
  private static final int SMALL_STACK = 512 * 1024;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{% for i in range(1000000000) %}{% endfor %}",
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% for x in [1] recursive %}{{ loop([x]) }}{% endfor %}",
        "{{ 'a' * 10000000000 }}",
        "{{ 'a' * 99999999999999999999999999 }}",
        "{{ [1] * 10000000000 }}",
        "{{ 'a' | indent(1000000000) }}",
        "{{ 'a' | indent('x' * 1000000 ) | replace('a', 'x' * 1000000) | replace('x', 'yyyyyyyyyy'"
            + " * 100) }}",
        "{{ 'a' | center(1000000000) }}",
        "{{ 'a'.ljust(1000000000) }}{{ 'a'.zfill(1000000000) }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ '{:1000000000}'.format(1) }}{{ '{:>999999999}'.format(1) }}",
        "{{ '%.1000000000f' % 1.5 }}",
        "{{ [1] | tojson(indent=1000000000) }}",
        "{% set ns = namespace(s='aaaaaaaa') %}{% for i in range(99) %}{% set ns.s = ns.s + ns.s"
            + " %}{% endfor %}",
        "{% set ns = namespace(l=[1]) %}{% for i in range(99) %}{% set ns.l = ns.l + ns.l %}{%"
            + " endfor %}",
        "{% set l = [] %}{% set _ = l.append(l) %}{{ l }}",
        "{% set l = [] %}{% set _ = l.append(l) %}{{ l | tojson }}",
        "{% set l = [] %}{% set m = [] %}{% set _ = l.append(m) %}{% set _ = m.append(l) %}{{ l =="
            + " m }}",
        "{% set l = [1] %}{% for x in l %}{% set _ = l.append(x) %}{% endfor %}",
        "{% set ns = namespace(l=[]) %}{% for i in range(9999) %}{% set ns.l = [ns.l] %}{% endfor"
            + " %}{{ ns.l }}",
        "{% set ns = namespace(t=()) %}{% for i in range(9999) %}{% set ns.t = (ns.t,) %}{% endfor"
            + " %}{{ {ns.t: 1} }}",
        "{{ 9 ** 9999999 }}",
        "{% set ns = namespace(n=9) %}{% for i in range(99) %}{% set ns.n = ns.n * ns.n %}{% endfor"
            + " %}",
        "{{ ''.__class__.__mro__ }}",
        "{{ ''['__class__'] }}",
        "{{ s | attr('__class__') }}",
        "{{ '{0.__class__}'.format('x') }}",
        "{{ range.__globals__ }}",
        "{% include 'secrets' %}",
        "{% import 'x' as y %}",
        "{% from 'x' import y %}",
        "{% extends 'base' %}",
        "{% block b %}{% endblock %}",
        "{{ ('[' * 99999) | from_json }}",
        "{{ ('1' * 99999) | from_json }}",
        "{{ ('a,' * 1000000).split(',') | length }}{{ ('a,' * 1000000).split(',') | length }}",
        "{{ ('a' * 9999999) | list | length }}",
        "{{ ('a' * 5000000 ~ 'b') in ('a' * 10000000) }}",
        "{{ ('a' * 10000000).split('a' * 5000000 ~ 'b') | length }}",
        "{{ ('a' * 10000000).rfind('b' ~ 'a' * 5000000) }}{{ ('a' * 10000000).find('a' * 5000000 ~"
            + " 'b') }}",
        "{{ ('ab' * 100000) | replace('', 'c' * 10000) }}",
      })
  void anAttackInJinjaEndsInAReason(String source) {
    assertThat(onASmallStack(() -> Run.jinja(source, Map.of("s", Json.user("x")))))
        .isInstanceOf(Rendered.Failed.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"not ", "-", "(", "[", "{1:", "x[", "x|default(", "m(", "1 if ", "x.a(", "a**-"})
  void endlessNestingIsRefusedByTheParser(String opening) {
    String source = "{{ " + opening.repeat(50_000) + "1 }}";
    assertThat(onASmallStack(() -> Run.jinja(source, Map.of())))
        .isInstanceOf(Rendered.Failed.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {" + 1", " ~ 1", " and 1", " or 0", " < 2", " in [1]", " * 1", " ** 1"})
  void aLongChainIsNoNesting(String link) {
    Rendered rendered =
        onASmallStack(() -> Run.jinja("{{ 1" + link.repeat(20_000) + " }}", Map.of()));
    assertThat(Run.text(rendered)).doesNotContain("deep");
  }

  @ParameterizedTest
  @ValueSource(strings = {"|abs", ".a", "[0]", "()", " is odd", "{% if 1 %}", "{% for x in y %}"})
  void longTrailersAndNestedTagsAreRefused(String part) {
    String source =
        part.startsWith("{") ? part.repeat(50_000) : "{{ x" + part.repeat(50_000) + " }}";
    assertThat(onASmallStack(() -> Run.jinja(source, Map.of())))
        .isInstanceOf(Rendered.Failed.class);
  }

  @Test
  void manyElifsAreNoNesting() {
    String source = "{% if 0 %}" + "{% elif 0 %}".repeat(10_000) + "{% else %}end{% endif %}";
    assertThat(Run.text(onASmallStack(() -> Run.jinja(source, Map.of())))).isEqualTo("end");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{ range 1000000000 }}{{ end }}",
        "{{ range 99999 }}{{ range 99999 }}{{ end }}{{ end }}",
        "{{ printf \"%1000000000d\" 1 }}",
        "{{ printf \"%9999999s\" (printf \"%9999999s\" (printf \"%9999999s\" \"\")) | len }}"
            + "{{ range 99 }}{{ printf \"%9999999s\" \"x\" | len }}{{ end }}",
        "{{ printf \"%*d\" 2000000000 1 }}",
        "{{ printf \"%.1000000f\" 1.5 }}",
        "{{ $s := \"aaaaaaaa\" }}{{ range 99 }}{{ $s = print $s $s }}{{ end }}",
        "{{ define \"a\" }}{{ template \"a\" }}{{ end }}{{ template \"a\" }}",
        "{{ define \"a\" }}{{ range 9 }}{{ template \"b\" }}{{ end }}{{ end }}"
            + "{{ define \"b\" }}{{ range 9999999 }}x{{ end }}{{ end }}{{ template \"a\" }}",
        "{{ template \"a\" }}",
        "{{ if 1 }}{{ define \"a\" }}{{ end }}{{ end }}",
        "{{ block \"a\" . }}",
        "{{ call .x }}",
        "{{ range 9999999 }}{{ $x := . }}{{ end }}{{ range 9999999 }}{{ $x := . }}{{ end }}",
      })
  void anAttackInGoEndsInAReason(String source) {
    assertThat(onASmallStack(() -> Run.go(source + "{{ .Messages }}", ChatInput.of(List.of()))))
        .isInstanceOf(Rendered.Failed.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{ (",
        "{{ if 1 }}",
        "{{ range . }}",
        "{{ with . }}",
        "{{ not (",
        "{{ if (",
        "{{ block \"a\" . }}"
      })
  void endlessNestingInGoIsRefusedByTheParser(String opening) {
    String word = opening.endsWith("}}") ? opening : "(";
    String source = (opening.endsWith("}}") ? "" : opening) + word.repeat(50_000);
    assertThat(onASmallStack(() -> Run.go(source, ChatInput.of(List.of()))))
        .isInstanceOf(Rendered.Failed.class);
  }

  @Test
  void dataThatNestsWithoutEndIsRefusedToo() {
    Object deep = "x";
    for (int i = 0; i < 900; i++) {
      deep = Map.of("properties", deep);
    }
    Json schema = Json.from(Map.of("function", Map.of("parameters", deep)));
    ChatInput input = ChatInput.of(List.of()).withTools(List.of(schema));
    assertThat(onASmallStack(() -> Run.jinja("{{ tools | tojson }}", input)))
        .isInstanceOf(Rendered.Failed.class);
    assertThat(onASmallStack(() -> Run.go("{{ .Tools }}{{ .Messages }}", input)))
        .isInstanceOf(Rendered.Failed.class);
  }

  @Test
  void timeEndsWhatStepsWouldAllow() {
    Limits patient = new Limits(Long.MAX_VALUE, 300, Long.MAX_VALUE, Duration.ofMillis(50));
    String source =
        "{% set l = [1] %}{% for x in l %}{% set _ = l.append(1) %}{% set _ = l.pop() %}"
            + "{% for a in range(1000) %}{% for b in range(1000) %}{% endfor %}{% endfor %}"
            + "{% set _ = l.append(1) %}{% endfor %}";
    assertThat(Run.jinja(source, Map.of(), patient))
        .isEqualTo(new Rendered.Failed("the template takes longer than 50 ms", 1));
  }

  @Test
  void aTemplateInAMessageStaysText() {
    ChatInput input =
        ChatInput.of(
            List.of(
                Run.message(
                    "{\"role\": \"user\", \"content\": \"{{ 7*7 }}{% raw %}{{ .System }}\"}")));
    assertThat(Run.text(Run.jinja("{{ messages[0].content }}", input)))
        .isEqualTo("{{ 7*7 }}{% raw %}{{ .System }}");
    assertThat(Run.text(Run.go("{{ range .Messages }}{{ .Content }}{{ end }}", input)))
        .isEqualTo("{{ 7*7 }}{% raw %}{{ .System }}");
  }

  @Test
  void aFailureNamesItsLine() {
    assertThat(Run.jinja("a\nb\n{{ missing.name }}", Map.of()))
        .isEqualTo(new Rendered.Failed("'missing' is undefined, so it has no 'name'", 3));
    assertThat(Run.jinja("a\n{% if x %}", Map.of()))
        .isEqualTo(new Rendered.Failed("the template ends where 'elif' was expected", 2));
    assertThat(Run.go("a\n{{ .Messages.x }}", ChatInput.of(List.of())))
        .isInstanceOfSatisfying(
            Rendered.Failed.class, failed -> assertThat(failed.line()).isEqualTo(2));
    assertThat(Run.go("\n\n{{ nope }}", ChatInput.of(List.of())))
        .isEqualTo(new Rendered.Failed("there is no function 'nope'", 3));
  }

  private interface Attack {
    Rendered run();
  }

  private static Rendered onASmallStack(Attack attack) {
    AtomicReference<Object> outcome = new AtomicReference<>();
    Thread thread =
        new Thread(
            null,
            () -> {
              try {
                outcome.set(attack.run());
              } catch (Throwable error) {
                outcome.set(error);
              }
            },
            "attacked",
            SMALL_STACK);
    thread.start();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    assertThat(outcome.get()).isInstanceOf(Rendered.class);
    return (Rendered) outcome.get();
  }
}
