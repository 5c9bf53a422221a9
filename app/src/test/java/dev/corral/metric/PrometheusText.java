package dev.corral.metric;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A strict reader of the text format 0.0.4: what it does not know is an error.
record PrometheusText(Map<String, Double> samples) {
  private static final Pattern SAMPLE =
      Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? (\\S+)");
  private static final Pattern LABEL =
      Pattern.compile("\\G([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\\\n]|\\\\[\\\\\"n])*)\"(,|$)");
  private static final Pattern HEAD =
      Pattern.compile("# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)");
  private static final List<String> TYPES = List.of("counter", "gauge", "histogram");

  static PrometheusText parse(String text) {
    assertThat(text).endsWith("\n");
    Map<String, String> types = new HashMap<>();
    Map<String, Double> samples = new LinkedHashMap<>();
    List<String> families = new ArrayList<>();
    String helped = "";
    for (String line : text.substring(0, text.length() - 1).split("\n", -1)) {
      Matcher head = HEAD.matcher(line);
      if (!head.matches()) {
        sample(line, families.getLast(), types.get(families.getLast()), samples);
      } else if (head.group(1).equals("HELP")) {
        helped = head.group(2);
        assertThat(families).as("a family stands together").doesNotContain(helped);
      } else {
        assertThat(head.group(2)).as("help comes first").isEqualTo(helped);
        assertThat(TYPES).contains(head.group(3));
        families.add(helped);
        types.put(helped, head.group(3));
      }
    }
    return new PrometheusText(samples);
  }

  private static void sample(String line, String family, String type, Map<String, Double> samples) {
    Matcher sample = SAMPLE.matcher(line);
    assertThat(sample.matches()).as(line).isTrue();
    String name = sample.group(1);
    if (type.equals("histogram")) {
      assertThat(name).isIn(family + "_bucket", family + "_sum", family + "_count");
    } else {
      assertThat(name).isEqualTo(family);
      assertThat(name.endsWith("_total")).as(line).isEqualTo(type.equals("counter"));
    }
    if (sample.group(2) != null) {
      Matcher label = LABEL.matcher(sample.group(2));
      int end = 0;
      while (label.find()) {
        end = label.end();
      }
      assertThat(end).as("labels of " + line).isEqualTo(sample.group(2).length());
    }
    String key = line.substring(0, line.lastIndexOf(' '));
    double value = Double.parseDouble(sample.group(3));
    assertThat(samples.put(key, value)).as("one sample of " + key).isNull();
  }

  double value(String sample) {
    assertThat(samples).containsKey(sample);
    return samples.get(sample);
  }
}
