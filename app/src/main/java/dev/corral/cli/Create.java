package dev.corral.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `corral create`: reads a Modelfile, sends the files it names by digest, has the model made.
@Command(name = "create", description = "Make a model from a Modelfile.")
final class Create extends Verb {
  private static final int BUFFER = 1 << 20;

  @Parameters(paramLabel = "MODEL")
  String model = "";

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "The Modelfile (default ./Modelfile; - for standard input).")
  String file = "Modelfile";

  @Option(
      names = "--quantize",
      paramLabel = "LEVEL",
      description = "Make the weights smaller, for example q4_K_M.")
  String quantize = "";

  @Override
  void run() {
    Path folder =
        file.equals("-") ? Path.of("") : Path.of(file).toAbsolutePath().resolveSibling("");
    Modelfile modelfile = Modelfile.parse(text());
    try (Progress progress = new Progress(screen(), root().quiet || json())) {
      Map<String, Object> ask = request(modelfile, folder, progress);
      Transfers.follow(this, "/api/create", ask, progress);
    }
    done("created '" + model + "'");
  }

  private String text() {
    try {
      return file.equals("-")
          ? new String(root().surroundings().in().readAllBytes(), StandardCharsets.UTF_8)
          : Files.readString(Path.of(file));
    } catch (IOException e) {
      throw new Failure(
          Exit.USAGE, "cannot read the Modelfile " + file, "Name one with: corral create -f FILE");
    }
  }

  private Map<String, Object> request(Modelfile modelfile, Path folder, Progress progress) {
    Map<String, Object> ask = new LinkedHashMap<>();
    ask.put("model", model);
    if (!quantize.isEmpty()) {
      ask.put("quantize", quantize);
    }
    Map<String, String> files = new TreeMap<>();
    for (Modelfile.Command from : modelfile.all("FROM")) {
      Path path = resolved(folder, from.value());
      if (Files.exists(path)) {
        sent(path, progress).forEach(files::put);
      } else {
        ask.put("from", from.value());
      }
    }
    Map<String, String> adapters = new TreeMap<>();
    for (Modelfile.Command adapter : modelfile.all("ADAPTER")) {
      sent(resolved(folder, adapter.value()), progress).forEach(adapters::put);
    }
    putUnlessEmpty(ask, "files", files);
    putUnlessEmpty(ask, "adapters", adapters);
    for (String single : List.of("TEMPLATE", "SYSTEM", "RENDERER", "PARSER", "REQUIRES")) {
      modelfile
          .all(single)
          .forEach(command -> ask.put(single.toLowerCase(Locale.ROOT), command.value()));
    }
    List<String> licenses = modelfile.all("LICENSE").stream().map(c -> c.value()).toList();
    if (!licenses.isEmpty()) {
      ask.put("license", licenses);
    }
    List<Map<String, String>> messages = new ArrayList<>();
    for (Modelfile.Command message : modelfile.all("MESSAGE")) {
      messages.add(Map.of("role", message.detail(), "content", message.value()));
    }
    if (!messages.isEmpty()) {
      ask.put("messages", messages);
    }
    putUnlessEmpty(ask, "parameters", parameters(modelfile.all("PARAMETER")));
    return ask;
  }

  private static void putUnlessEmpty(Map<String, Object> ask, String name, Map<String, ?> value) {
    if (!value.isEmpty()) {
      ask.put(name, value);
    }
  }

  /// Parameters as the API wants them: `stop` is a list, the others are values.
  private static Map<String, Object> parameters(List<Modelfile.Command> commands) {
    Map<String, Object> parameters = new LinkedHashMap<>();
    List<String> stops = new ArrayList<>();
    for (Modelfile.Command command : commands) {
      if (command.detail().equals("stop")) {
        stops.add(command.value());
      } else {
        parameters.put(command.detail(), value(command.value()));
      }
    }
    if (!stops.isEmpty()) {
      parameters.put("stop", stops);
    }
    return parameters;
  }

  /// A number, a truth or a text, by its look.
  static Object value(String text) {
    if (text.matches("-?\\d{1,18}")) {
      return Long.valueOf(text);
    }
    if (text.matches("-?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?")) {
      return Double.valueOf(text);
    }
    return text.equals("true") || text.equals("false") ? Boolean.valueOf(text) : text;
  }

  private Path resolved(Path folder, String value) {
    if (value.startsWith("~/")) {
      return root().surroundings().home().resolve(value.substring(2));
    }
    try {
      return folder.resolve(value);
    } catch (java.nio.file.InvalidPathException e) {
      return folder.resolve("no-such-file");
    }
  }

  /// Sends a file, or the parts of a model that a folder holds, and gives digests by file name.
  private Map<String, String> sent(Path path, Progress progress) {
    Map<String, String> digests = new TreeMap<>();
    try {
      for (Path part : parts(path)) {
        String name = Files.isDirectory(path) ? path.relativize(part).toString() : fileName(part);
        digests.put(name.replace('\\', '/'), sentPart(part, progress));
      }
    } catch (IOException e) {
      throw new Failure(
          Exit.USAGE,
          "cannot read " + path + ", which the Modelfile names",
          "Paths count from the Modelfile's own folder.");
    }
    return digests;
  }

  private static String fileName(Path file) {
    return String.valueOf(file.getFileName());
  }

  /// What Ollama takes of a folder: weights in GGUF or safetensors, and what describes them.
  private static List<Path> parts(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      return List.of(path);
    }
    try (Stream<Path> inside = Files.list(path)) {
      return inside
          .filter(file -> fileName(file).matches(".*\\.(gguf|safetensors|json|bin|model)"))
          .sorted()
          .toList();
    }
  }

  private String sentPart(Path part, Progress progress) throws IOException {
    String digest = "sha256:" + sha256(part, progress);
    String blob = "/api/blobs/" + digest;
    if (!server().has(blob)) {
      long size = Files.size(part);
      String words = "sending " + fileName(part);
      server().upload(blob, part, done -> progress.bytes(words, done, size));
    }
    return digest;
  }

  private static String sha256(Path file, Progress progress) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
    long size = Files.size(file);
    long total = 0;
    String words = "reading " + fileName(file);
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
        total += n;
        progress.bytes(words, total, size);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
