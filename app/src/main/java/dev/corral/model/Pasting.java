package dev.corral.model;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Takes apart what was pasted.
final class Pasting {
  /// How a name is written, for whoever has none yet.
  private static final String FORMS =
      "Write it as model:tag, namespace/model:tag or hf.co/OWNER/REPOSITORY:QUANT.";

  private static final Set<String> HUB = Set.of("hf.co", "huggingface.co", "www.huggingface.co");
  private static final Set<String> LIBRARY = Set.of("ollama.com", "www.ollama.com");
  private static final String BRANCH = "main";

  /// What the Hub keeps beside models.
  private static final Set<String> NO_MODELS =
      Set.of("datasets", "spaces", "collections", "papers", "docs", "blog", "settings");

  /// A line of a shell that was copied with the name.
  private static final Pattern COMMAND =
      Pattern.compile("(?:ollama|corral)\\s+(?:run|pull|show|hub)\\s+(\\S+)");

  /// The Hub shows a file beside its repository so.
  private static final Pattern SHOWN_FILE = Pattern.compile("[?&]show_file_info=([^&#]+)");

  /// A quantization at the end of a file's name, `-Q4_K_M.gguf` or `.IQ2_XXS.gguf`, also of a part.
  private static final Pattern QUANT =
      Pattern.compile(
          ".*?[-._]((?:UD-)?(?:I?Q\\d\\w*|BF16|F16|F32|MXFP4\\w*|NVFP4|TQ\\d\\w*))"
              + "(?:-\\d{5}-of-\\d{5})?\\.gguf",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern SPLIT =
      Pattern.compile(".*-\\d{5}-of-\\d{5}\\.gguf", Pattern.CASE_INSENSITIVE);

  /// Goes with a model or was made of one, and is none.
  private static final Pattern HELPER =
      Pattern.compile("(.*[-._])?(mmproj|imatrix)([-._].*)?", Pattern.CASE_INSENSITIVE);

  private Pasting() {}

  static PastedName read(String text) {
    String bare = text.strip();
    Matcher command = COMMAND.matcher(bare);
    return named(command.matches() ? command.group(1) : bare);
  }

  private static PastedName named(String bare) {
    if (bare.contains("@sha256:") || bare.startsWith("sha256:")) {
      return new PastedName.Wrong(
          "'" + bare + "' names a digest, and no registry of this kind gives a model by its digest",
          "Name it with a tag: model:tag.");
    }
    boolean address = bare.contains("://");
    String rest = address ? bare.substring(bare.indexOf("://") + 3) : bare;
    if (address && bare.regionMatches(true, 0, "hf://", 0, 5)) {
      rest = "hf.co/" + rest;
    }
    if (address) {
      rest = rest.replaceFirst("[?#].*", "").replaceFirst("/+$", "");
    }
    List<String> parts = List.of(rest.split("/", -1));
    String host = parts.getFirst().toLowerCase(Locale.ROOT);
    if (HUB.contains(host)) {
      return atHub(bare, host.replace("www.", ""), rest.replaceFirst("[?#].*", ""));
    }
    if (address && LIBRARY.contains(host)) {
      return atLibrary(bare, parts.subList(1, parts.size()));
    }
    return plain(bare, rest.startsWith("ollama/") ? rest.substring("ollama/".length()) : rest);
  }

  private static PastedName plain(String text, String name) {
    Optional<ModelName> meant = ModelName.parse(name);
    return meant.isPresent()
        ? new PastedName.Meant(meant.get())
        : new PastedName.Wrong("'" + text + "' is not a model's name", FORMS);
  }

  /// `library/llama3.2:1b`, or with the pages behind it: `/tags`, `/blobs/…`.
  private static PastedName atLibrary(String text, List<String> path) {
    boolean page = path.size() > 2 && Set.of("tags", "blobs").contains(path.get(2));
    return plain(text, String.join("/", page ? path.subList(0, 2) : path));
  }

  /// `hf.co/owner/repo[:tag]`, or with what a browser shows behind it: `/tree/main`,
  /// `/blob/main/file.gguf`, `/resolve/main/file.gguf`.
  private static PastedName atHub(String text, String host, String path) {
    String[] parts = path.split("/", -1);
    if (parts.length > 1 && NO_MODELS.contains(parts[1].toLowerCase(Locale.ROOT))) {
      return new PastedName.Wrong(
          "'" + text + "' leads to '" + parts[1] + "' of the Hub, which is no model", FORMS);
    }
    if (parts.length <= 3) {
      return atTop(text, host + path.substring(parts[0].length()));
    }
    String repository = host + "/" + parts[1] + "/" + parts[2];
    boolean main = parts.length > 4 && parts[4].equals(BRANCH);
    if (!main) {
      return parts.length == 4 && parts[3].isEmpty()
          ? plain(text, repository)
          : new PastedName.Wrong(
              "'" + text + "' leads to something other than the main branch of a repository",
              "Write it as " + repository + ":QUANT.");
    }
    return switch (parts[3]) {
      case "tree" -> plain(text, repository);
      case "blob", "resolve", "raw" ->
          file(text, repository, parts[parts.length - 1], parts.length == 6);
      default -> new PastedName.Wrong("'" + text + "' is not a model's address", FORMS);
    };
  }

  private static PastedName atTop(String text, String repository) {
    Matcher shown = SHOWN_FILE.matcher(text);
    return shown.find() && text.contains("://")
        ? file(text, repository, shown.group(1).replaceFirst(".*(/|%2F)", ""), true)
        : plain(text, repository);
  }

  /// @param top the file lies in no folder, so that its name alone leads to it
  private static PastedName file(String text, String repository, String file, boolean top) {
    if (!file.toLowerCase(Locale.ROOT).endsWith(".gguf")) {
      return new PastedName.Wrong(
          "'" + text + "' is not a GGUF file", "Write it as " + repository + ":QUANT.");
    }
    if (HELPER.matcher(file).matches()) {
      return new PastedName.Wrong(
          "'" + file + "' goes with a model and is none by itself",
          "Choose one of its repository: corral hub " + repository);
    }
    Matcher quant = QUANT.matcher(file);
    if (quant.matches()) {
      return plain(text, repository + ":" + quant.group(1));
    }
    if (SPLIT.matcher(file).matches() || !top) {
      return new PastedName.Wrong(
          "'" + file + "' does not say its quantization, so no name leads to it",
          "See what there is: corral hub " + repository);
    }
    return plain(text, repository + ":" + file);
  }
}
