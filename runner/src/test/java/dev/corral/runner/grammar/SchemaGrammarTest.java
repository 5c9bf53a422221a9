package dev.corral.runner.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a model may write under a schema. The texts are JSON; the grammars are read and followed by
/// [Matcher].
class SchemaGrammarTest {
  private static final JsonMapper LENIENT =
      JsonMapper.builder()
          .enable(JsonReadFeature.ALLOW_SINGLE_QUOTES, JsonReadFeature.ALLOW_UNQUOTED_FIELD_NAMES)
          .build();

  @Test
  void simpleTypesAreWrittenAsJsonWritesThem() {
    accepts("{type: 'string'}", "'moon'", "''", "'a\\n\\u00e9'").refuses("moon", "'a", "1", "'\n'");
    accepts("{type: 'integer'}", "0", "-17", "120").refuses("1.5", "01", "+1", "");
    accepts("{type: 'number'}", "0", "-1.25", "6e23", "1E-7").refuses(".5", "1.", "NaN");
    accepts("{type: 'boolean'}", "true", "false").refuses("True", "null");
    accepts("{type: 'null'}", "null").refuses("nil");
    accepts("{}", "1", "'x'", "[1, {'a': null}]", "{}").refuses("x", "[1,]");
    accepts("true", "1", "{'a': []}").refuses("");
  }

  @Test
  void severalTypesAreAlternatives() {
    accepts("{type: ['string', 'null']}", "'x'", "null").refuses("1");
    accepts("{anyOf: [{type: 'integer'}, {type: 'array'}]}", "5", "[5]").refuses("'5'");
    accepts("{oneOf: [{const: 'a'}, {const: 2}]}", "'a'", "2").refuses("'b'");
  }

  @Test
  void enumerationsAndConstantsAreWrittenWordForWord() {
    accepts("{enum: ['red', 'say \\'hi\\'', 3, null, {a: [1]}]}", "'red'", "3", "null", "{'a':[1]}")
        .refuses("'blue'", "'re'");
    accepts("{type: 'string', enum: ['a\\nb']}", "'a\\nb'").refuses("'a\nb'");
    accepts("{const: 'été'}", "'été'").refuses("'ete'");
  }

  @Test
  void propertiesComeInTheOrderOfTheSchema() {
    String schema =
        "{type: 'object', properties: {reason: {type: 'string'}, age: {type: 'integer'},"
            + " ok: {type: 'boolean'}}, required: ['age']}";
    accepts(
            schema,
            "{'reason':'x','age':1,'ok':true}",
            "{'age':1}",
            "{ 'reason': 'x', 'age': 1 }",
            "{'age':1, 'ok': false}")
        .refuses(
            "{}",
            "{'age':1,'reason':'x'}",
            "{'reason':'x'}",
            "{'age':1,}",
            "{,'age':1}",
            "{'age':1 'ok':true}",
            "{'age':1,'other':2}");
  }

  @Test
  void ofPropertiesThatAreNotRequiredAnyMayBeLeftOut() {
    String schema = "{type:'object', properties: {a: {const: 1}, b: {const: 2}, c: {const: 3}}}";
    accepts(schema, "{}", "{'a':1}", "{'b':2}", "{'c':3}", "{'a':1,'c':3}", "{'a':1,'b':2,'c':3}")
        .refuses("{'b':2,'a':1}", "{'a':1,'a':1}", "{'d':4}");
  }

  @Test
  void aThousandPropertiesThatMayBeLeftOutStayASmallGrammar() {
    StringBuilder schema = new StringBuilder("{type: 'object', properties: {");
    for (int i = 0; i < 1000; i++) {
      schema.append("p").append(i).append(": {type: 'integer'},");
    }
    schema.setLength(schema.length() - 1);
    accepts(schema + "}}", "{'p3':1,'p999':2}").refuses("{'p999':2,'p3':1}");
    assertThat(grammar(schema + "}}")).hasSizeLessThan(200_000);
  }

  @Test
  void furtherPropertiesComeOnlyWhereTheyAreAllowedAndUnderOtherNames() {
    String schema =
        "{properties: {and: {const: 1}, also: {const: 2}}, additionalProperties: {type:"
            + " 'boolean'}}";
    accepts(
            schema,
            "{'x':true}",
            "{'and':1,'x':true,'y':false}",
            "{'an':true}",
            "{'andy':true}",
            "{}")
        .refuses("{'and':true}", "{'also':true}", "{'x':1}", "{'x':true,'and':1}");
    accepts("{type: 'object', additionalProperties: {type: 'integer'}}", "{}", "{'k':1}")
        .refuses("{'k':'v'}");
    accepts("{type: 'object'}", "{'any':['thing']}").refuses("[]");
    accepts("{type: 'object', properties: {}}", "{}").refuses("{'a':1}");
  }

  @Test
  void listsHaveItemsOfOneKindAndAsManyAsAllowed() {
    accepts("{type: 'array', items: {type: 'integer'}}", "[]", "[1]", "[1, 2,3]")
        .refuses("['a']", "[1 2]");
    accepts("{items: {type: 'integer'}, minItems: 2, maxItems: 3}", "[1,2]", "[1,2,3]")
        .refuses("[1]", "[1,2,3,4]", "[]");
    accepts("{type: 'array', maxItems: 1}", "[]", "['x']").refuses("[1,2]");
    accepts("{type: 'array', minItems: 1}", "[0]", "[1,2]").refuses("[]");
    accepts("{type: 'array', maxItems: 0}", "[]").refuses("[1]");
  }

  @Test
  void fixedItemsComeFirst() {
    accepts("{prefixItems: [{type: 'string'}, {type: 'integer'}]}", "['a',1]")
        .refuses("[1,'a']", "['a']", "['a',1,2]");
    accepts(
            "{prefixItems: [{type: 'string'}], items: {type: 'integer'}, maxItems: 3}",
            "['a']",
            "['a',1,2]")
        .refuses("['a',1,2,3]", "[]", "['a','b']");
    accepts("{type: 'array', items: [{const: 1}, {const: 2}]}", "[1,2]").refuses("[1]");
  }

  @Test
  void stringsHaveALengthAndAFormat() {
    accepts("{type: 'string', minLength: 2, maxLength: 3}", "'ab'", "'a\\nb'")
        .refuses("'a'", "'abcd'");
    accepts("{type: 'string', minLength: 1}", "'x'").refuses("''");
    accepts("{type: 'string', format: 'date'}", "'2026-11-30'").refuses("'2026-13-01'", "'26-1-1'");
    accepts("{format: 'time'}", "'23:59:00Z'", "'01:02:03.456+02:00'").refuses("'24:00:00Z'");
    accepts("{type: 'string', format: 'date-time'}", "'2026-11-30T12:00:00Z'")
        .refuses("'2026-11-30'");
    accepts("{type: 'string', format: 'uuid'}", "'123e4567-e89b-12d3-a456-426614174000'")
        .refuses("'1'");
    accepts("{type: 'string', format: 'email'}", "'anything'").refuses("1");
  }

  @Test
  void countsBeyondWhatLlamaCppCountsAreBuiltFromBlocks() {
    String schema = "{type: 'string', minLength: 2500, maxLength: 5300}";
    accepts(schema, text(2500), text(3000), text(5300)).refuses(text(2499), text(5301));
    assertThat(grammar(schema)).doesNotContainPattern("\\{\\d*,?[2-9]\\d{3,}}");
    assertThat(refusal("{type: 'string', maxLength: 1000000}")).contains("counts to 100000");
  }

  @Test
  void wholeNumbersKeepTheirBounds() {
    for (int[] bounds :
        List.of(
            new int[] {0, 9},
            new int[] {-5, 12},
            new int[] {7, 345},
            new int[] {-120, -8},
            new int[] {99, 100})) {
      Matcher matcher =
          new Matcher(
              grammar(
                  "{type: 'integer', minimum: %d, maximum: %d}".formatted(bounds[0], bounds[1])));
      for (int i = bounds[0] - 130; i < bounds[1] + 700; i++) {
        assertThat(matcher.accepts(String.valueOf(i)))
            .as("%d between %d and %d", i, bounds[0], bounds[1])
            .isEqualTo(bounds[0] <= i && i <= bounds[1]);
      }
    }
  }

  @Test
  void oneBoundIsEnough() {
    accepts("{type: 'integer', minimum: 18}", "18", "99", "12345678901").refuses("17", "-20", "9");
    accepts("{type: 'integer', maximum: -3}", "-3", "-4", "-99999").refuses("-2", "0", "5");
    accepts("{type: 'integer', exclusiveMinimum: 0}", "1", "10").refuses("0", "-1");
    accepts("{type: 'integer', minimum: 0.5, exclusiveMaximum: 2.5}", "1", "2").refuses("0", "3");
    accepts("{type: 'number', minimum: 0}", "0.5").refuses("-0.5");
    assertThat(refusal("{type: 'integer', minimum: 3, maximum: 2}")).contains("no whole number");
    accepts("{type: 'integer', maximum: 1e300}", "5").refuses("x");
  }

  @Test
  void whatMustFitAllAtOnceIsMerged() {
    String schema =
        "{$defs: {base: {type: 'object', properties: {id: {type: 'integer'}}, required: ['id']}},"
            + " allOf: [{$ref: '#/$defs/base'}, {properties: {name: {type: 'string'}}, required:"
            + " ['name']}]}";
    accepts(schema, "{'id':1,'name':'x'}").refuses("{'id':1}", "{'name':'x'}");
    accepts("{allOf: [{enum: ['a', 'b']}, {enum: ['b', 'c']}]}", "'b'").refuses("'a'", "'c'");
    accepts("{allOf: [{type: 'integer', minimum: 2}, {maximum: 4, minimum: 1}]}", "2", "4")
        .refuses("1", "5");
    assertThat(refusal("{allOf: [{type: 'string'}, {type: 'integer'}]}"))
        .contains("no value fits both 'type'");
  }

  @Test
  void whatStandsBesideAlternativesBindsEachOfThem() {
    String schema =
        "{type: 'object', properties: {a: {const: 1}, b: {const: 2}},"
            + " anyOf: [{required: ['a']}, {required: ['b']}]}";
    accepts(schema, "{'a':1}", "{'b':2}", "{'a':1,'b':2}").refuses("{}");
    accepts("{title: 'T', default: null, anyOf: [{type: 'string'}, {type: 'null'}]}", "null")
        .refuses("1");
  }

  @Test
  void referencesMayLeadBackToThemselves() {
    String tree =
        "{$ref: '#/$defs/node', $defs: {node: {type: 'object', properties: {v: {type: 'integer'},"
            + " next: {anyOf: [{$ref: '#/$defs/node'}, {type: 'null'}]}}, required: ['v',"
            + " 'next']}}}";
    accepts(tree, "{'v':1,'next':{'v':2,'next':null}}").refuses("{'v':1,'next':{'v':2}}");
    accepts("{type: 'array', items: {$ref: '#'}}", "[[],[[]]]").refuses("[1]");
    accepts("{$defs: {'a/b': {const: 7}}, $ref: '#/$defs/a~1b'}", "7").refuses("8");
  }

  @Test
  void aChainOfReferencesMayBeLong() {
    StringBuilder schema = new StringBuilder("{$ref: '#/$defs/d0', $defs: {");
    for (int i = 0; i < 3000; i++) {
      schema.append("d%d: {type: 'array', items: {$ref: '#/$defs/d%d'}},".formatted(i, i + 1));
    }
    assertThat(grammar(schema + "d3000: {const: 1}}}")).contains("d3000");
  }

  @Test
  void anEndlessReferenceIsRefused() {
    assertThat(refusal("{$defs: {a: {$ref: '#/$defs/a'}}, $ref: '#/$defs/a'}"))
        .contains("leads back to itself");
    assertThat(
            refusal(
                "{$ref: '#/$defs/a', $defs: {a: {anyOf: [{$ref: '#/$defs/b'}, {const: 1}]},"
                    + " b: {oneOf: [{const: 2}, {$ref: '#/$defs/a'}]}}}"))
        .contains("leads back to itself");
    assertThat(refusal("{$defs: {a: {allOf: [{$ref: '#/$defs/a'}]}}, $ref: '#/$defs/a'}"))
        .isNotEmpty();
  }

  @Test
  void aReferenceElsewhereIsRefused() {
    assertThat(refusal("{$ref: 'https://example.com/s.json'}")).contains("same document");
    assertThat(refusal("{$ref: '#/$defs/none'}")).contains("points to nothing");
  }

  @Test
  void aSchemaThatIsNestedTooDeeplyIsRefused() {
    String deep = "{type:'array',items:".repeat(900) + "{}" + "}".repeat(900);
    assertThat(refusal(deep)).contains("nested more than 100 levels");
    String usual = "{type:'array',items:".repeat(40) + "{const:1}" + "}".repeat(40);
    accepts(usual, "[".repeat(40) + "1" + "]".repeat(40)).refuses("[1]");
  }

  @Test
  void aSchemaThatDoublesAtEachLevelIsRefused() {
    StringBuilder schema = new StringBuilder("{$ref: '#/$defs/d0', $defs: {");
    for (int i = 0; i < 24; i++) {
      schema.append(
          "d%d: {allOf: [{$ref: '#/$defs/d%d'}, {$ref: '#/$defs/d%d'}]},"
              .formatted(i, i + 1, i + 1));
    }
    assertThat(refusal(schema + "d24: {type: 'object'}}}"))
        .contains("allOf, anyOf and $ref multiply");
  }

  @Test
  void aGrammarThatBecomesTooLongIsRefused() {
    StringBuilder values = new StringBuilder("{enum: [");
    for (int i = 0; i < 60_000; i++) {
      values.append("'value ").append(i).append("',");
    }
    assertThat(refusal(values + "1]}")).contains("more than 512 KiB");
  }

  @Test
  void aWrongSchemaIsRefusedWithItsPlace() {
    assertThat(refusal("{properties: {a: {type: 'text'}}}"))
        .isEqualTo(
            "The JSON schema cannot be used: at #/properties/a/type: 'text' is no type; there are"
                + " object, array, string, integer, number, boolean, null");
    assertThat(refusal("{type: 'object', properties: {a: 5}}"))
        .contains("#/properties/a: a schema must be an object");
    assertThat(refusal("{enum: []}")).contains("not empty");
    assertThat(refusal("{anyOf: {}}")).contains("a list of schemas");
    assertThat(refusal("{type: 'string', minLength: -1}")).contains("not negative");
    assertThat(refusal("[]")).contains("must be an object");
  }

  @Test
  void aCallIsItsTextsAroundArgumentsOfItsSchema() {
    JsonNode clock =
        json(
            "{type: 'object', properties: {tz: {$ref: '#/$defs/z'}}, required: ['tz'],"
                + " $defs: {z: {enum: ['UTC']}}}");
    List<SchemaGrammar.Call> calls =
        List.of(
            new SchemaGrammar.Call("<call>clock", clock, "</call>"),
            new SchemaGrammar.Call("<call>\"dice\"", json("{type: 'object'}"), ""));
    Converted.Grammar made = (Converted.Grammar) SchemaGrammar.ofCalls(calls);
    Matcher matcher = new Matcher(made.text());
    assertThat(matcher.accepts("<call>clock{\"tz\":\"UTC\"}</call>")).isTrue();
    assertThat(matcher.accepts("<call>\"dice\"{\"sides\":6}")).isTrue();
    assertThat(matcher.accepts("<call>clock{\"tz\":\"CET\"}</call>")).isFalse();
    assertThat(matcher.accepts("hello")).isFalse();
  }

  @Test
  void anyObjectIsWhatJsonModeAllows() {
    Matcher matcher = new Matcher(SchemaGrammar.anyObject());
    assertThat(matcher.accepts("{\"a\": [1, true, {\"b\": null}]}")).isTrue();
    assertThat(matcher.accepts("[1]")).isFalse();
    assertThat(matcher.accepts("{} ")).isFalse();
  }

  // --- how it is asked ---

  private static String text(int length) {
    return "'" + "x".repeat(length) + "'";
  }

  private record Verdict(Matcher matcher, String schema) {
    void refuses(String... texts) {
      for (String text : texts) {
        assertThat(matcher.accepts(text.replace('\'', '"')))
            .as(text + " under " + schema)
            .isFalse();
      }
    }
  }

  private static Verdict accepts(String schema, String... texts) {
    Matcher matcher = new Matcher(grammar(schema));
    for (String text : texts) {
      assertThat(matcher.accepts(text.replace('\'', '"').replace("\\", "\\")))
          .as(text + " under " + grammar(schema))
          .isTrue();
    }
    return new Verdict(matcher, schema);
  }

  private static String grammar(String schema) {
    return switch (SchemaGrammar.of(json(schema))) {
      case Converted.Grammar(String text, List<String> _) -> text;
      case Converted.Refused(String reason) -> throw new AssertionError(reason);
    };
  }

  private static String refusal(String schema) {
    return switch (SchemaGrammar.of(json(schema))) {
      case Converted.Grammar(String text, List<String> _) -> throw new AssertionError(text);
      case Converted.Refused(String reason) -> reason;
    };
  }

  /// JSON as Jackson reads it leniently: names without quotes, texts in single ones.
  private static JsonNode json(String schema) {
    try {
      return LENIENT.readTree(schema);
    } catch (JsonProcessingException wrong) {
      throw new AssertionError(schema, wrong);
    }
  }
}
