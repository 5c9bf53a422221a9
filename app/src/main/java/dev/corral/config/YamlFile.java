package dev.corral.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/// Reads one YAML 1.2 file into a [Node], with the line of each part and `${VARIABLE}` put in.
final class YamlFile {
  /// No configuration is larger; a model given by mistake is.
  static final int LARGEST = 1 << 20;

  /// Our own tree is five deep; references could make it endless.
  private static final int DEEPEST = 32;

  /// References multiply; a tree of more parts than this is an attack or a mistake.
  private static final int MOST_PARTS = 100_000;

  private static final Pattern VARIABLE =
      Pattern.compile("\\$?\\$\\{([A-Za-z_][A-Za-z0-9_]*)}|\\$?\\$\\{");

  private final String name;
  private final Variables variables;
  private final List<ConfigProblem> problems;
  private int parts;

  /// @param problems receives what is wrong
  YamlFile(String name, Variables variables, List<ConfigProblem> problems) {
    this.name = name;
    this.variables = variables;
    this.problems = problems;
  }

  /// The tree, or empty where there is none to use.
  Optional<Node.Fields> read(Path file) {
    try {
      if (Files.isRegularFile(file) && Files.size(file) > LARGEST) {
        return refuse(name, "the file is larger than 1 MiB; is it the right one?");
      }
      return parse(Files.readString(file, StandardCharsets.UTF_8));
    } catch (NoSuchFileException e) {
      return refuse(name, "there is no such file");
    } catch (CharacterCodingException e) {
      return refuse(name, "the file is not UTF-8 text");
    } catch (IOException e) {
      return refuse(name, "the file cannot be read; check that it is a file and who may read it");
    }
  }

  Optional<Node.Fields> parse(String text) {
    LoadSettings settings =
        LoadSettings.builder().setLabel(name).setSchema(new CoreSchema()).build();
    try {
      Optional<org.snakeyaml.engine.v2.nodes.Node> root = new Compose(settings).composeString(text);
      if (root.isEmpty() || isNothing(root.get())) {
        return Optional.empty();
      }
      return convert(root.get(), "", 0) instanceof Node.Fields fields
          ? Optional.of(fields)
          : refuse(place(root.get()), "the file must hold keys and values, such as 'server:'");
    } catch (MarkedYamlEngineException e) {
      String place = e.getProblemMark().map(mark -> name + ":" + (mark.getLine() + 1)).orElse(name);
      return refuse(place, "this is not YAML: " + e.getProblem().replace("\n", " "));
    } catch (YamlEngineException e) {
      return refuse(name, "this is not YAML: " + String.valueOf(e.getMessage()).strip());
    }
  }

  private Optional<Node.Fields> refuse(String place, String message) {
    problems.add(new ConfigProblem(place, "", message));
    return Optional.empty();
  }

  private Node convert(org.snakeyaml.engine.v2.nodes.Node node, String key, int depth) {
    String place = place(node);
    if (depth > DEEPEST || ++parts > MOST_PARTS) {
      if (parts <= MOST_PARTS + 1) {
        problems.add(new ConfigProblem(place, key, "nested or repeated too often"));
        parts = MOST_PARTS + 1; // one report is enough; everything behind it is cut
      }
      return new Node.Nothing(place);
    }
    return switch (node) {
      case MappingNode mapping -> fields(mapping, key, depth);
      case SequenceNode sequence -> items(sequence, key, depth);
      case ScalarNode scalar when isNothing(scalar) -> new Node.Nothing(place);
      case ScalarNode scalar ->
          new Node.Text(expanded(scalar.getValue(), key, place), scalar.getValue(), place);
      default -> throw new IllegalStateException("Not a YAML node: " + node.getNodeType());
    };
  }

  private Node items(SequenceNode sequence, String key, int depth) {
    List<Node> items = new ArrayList<>();
    for (org.snakeyaml.engine.v2.nodes.Node item : sequence.getValue()) {
      items.add(convert(item, key + "[" + items.size() + "]", depth + 1));
    }
    return new Node.Items(items, place(sequence));
  }

  private Node fields(MappingNode mapping, String key, int depth) {
    Map<String, Node.Field> fields = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      String place = place(tuple.getKeyNode());
      if (!(tuple.getKeyNode() instanceof ScalarNode scalar)) {
        problems.add(new ConfigProblem(place, key, "a key must be a plain word"));
        continue;
      }
      String path = key.isEmpty() ? scalar.getValue() : key + "." + scalar.getValue();
      Node value = convert(tuple.getValueNode(), path, depth + 1);
      Node.Field before = fields.putIfAbsent(scalar.getValue(), new Node.Field(value, place));
      if (before != null) {
        problems.add(
            new ConfigProblem(
                place, path, "given twice; the first is in line " + lineOf(before.place())));
      }
    }
    return new Node.Fields(fields, place(mapping));
  }

  private String expanded(String text, String key, String place) {
    Matcher variable = VARIABLE.matcher(text);
    StringBuilder filled = new StringBuilder();
    while (variable.find()) {
      String found = variable.group();
      String replacement = found;
      if (found.startsWith("$$")) {
        replacement = found.substring(1);
      } else if (variable.group(1) == null) {
        problems.add(
            new ConfigProblem(
                place, key, "'${' needs a variable's name and '}'; write $${ for the sign itself"));
      } else {
        replacement = value(variable.group(1), key, place);
      }
      variable.appendReplacement(filled, Matcher.quoteReplacement(replacement));
    }
    return variable.appendTail(filled).toString();
  }

  private String value(String variable, String key, String place) {
    Optional<Given> given = variables.find(variable);
    if (given.isEmpty()) {
      problems.add(
          new ConfigProblem(
              place,
              key,
              "the variable "
                  + variable
                  + " is not set; set it in the environment or in a file .env"));
    }
    return given.map(Given::text).orElse("");
  }

  private static boolean isNothing(org.snakeyaml.engine.v2.nodes.Node node) {
    return node instanceof ScalarNode scalar
        && scalar.isPlain()
        && scalar.getTag().equals(Tag.NULL);
  }

  private String place(org.snakeyaml.engine.v2.nodes.Node node) {
    return node.getStartMark().map(mark -> name + ":" + (mark.getLine() + 1)).orElse(name);
  }

  private static String lineOf(String place) {
    return place.substring(place.lastIndexOf(':') + 1);
  }
}
