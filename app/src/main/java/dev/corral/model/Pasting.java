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

  /// A quantization at the end of a file's name, `-Q4_K_M.gguf` or `.IQ2_XXS.gguf`.
  private static final Pattern QUANT =
      Pattern.compile(
          ".*?[-._]((?:UD-)?(?:I?Q\\d\\w*|BF16|F16|F32|MXFP4\\w*|TQ\\d\\w*))\\.gguf",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern SPLIT =
      Pattern.compile(".*-\\d{5}-of-\\d{5}\\.gguf", Pattern.CASE_INSENSITIVE);

  private Pasting() {}

  static PastedName read(String text) {
    String bare = text.strip();
    if (bare.contains("@sha256:") || bare.startsWith("sha256:")) {
      return new PastedName.Wrong(
          "'" + bare + "' names a digest, and no registry of this kind gives a model by its digest",
          "Name it with a tag: model:tag.");
    }
    boolean address = bare.contains("://");
    String rest = address ? bare.substring(bare.indexOf("://") + 3) : bare;
    if (address) {
      rest = rest.replaceFirst("[?#].*", "").replaceFirst("/+$", "");
    }
    List<String> parts = List.of(rest.split("/", -1));
    String host = parts.getFirst().toLowerCase(Locale.ROOT);
    if (HUB.contains(host)) {
      return atHub(bare, host.replace("www.", ""), rest.replaceFirst("[?#].*", ""));
    }
    if (address && LIBRARY.contains(host)) {
      return plain(bare, String.join("/", parts.subList(1, parts.size())));
    }
    return plain(bare, rest.startsWith("ollama/") ? rest.substring("ollama/".length()) : rest);
  }

  private static PastedName plain(String text, String name) {
    Optional<ModelName> meant = ModelName.parse(name);
    return meant.isPresent()
        ? new PastedName.Meant(meant.get())
        : new PastedName.Wrong("'" + text + "' is not a model's name", FORMS);
  }

  /// `hf.co/owner/repo[:tag]`, or with what a browser shows behind it: `/tree/main`,
  /// `/blob/main/file.gguf`, `/resolve/main/file.gguf`.
  private static PastedName atHub(String text, String host, String path) {
    String[] parts = path.split("/", -1);
    if (parts.length <= 3) {
      return plain(text, host + path.substring(parts[0].length()));
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
      case "blob", "resolve" -> file(text, repository, parts);
      default -> new PastedName.Wrong("'" + text + "' is not a model's address", FORMS);
    };
  }

  private static PastedName file(String text, String repository, String[] parts) {
    String file = parts[parts.length - 1];
    if (SPLIT.matcher(file).matches()) {
      return new PastedName.Wrong(
          "'" + file + "' is one part of several, which a registry does not give as a model",
          "Choose a quantization that is one file, or join them and use: corral create.");
    }
    if (!file.toLowerCase(Locale.ROOT).endsWith(".gguf") || parts.length != 6) {
      return new PastedName.Wrong(
          "'" + text + "' is not a GGUF file at the top of its repository",
          "Write it as " + repository + ":QUANT.");
    }
    Matcher quant = QUANT.matcher(file);
    return plain(text, repository + ":" + (quant.matches() ? quant.group(1) : file));
  }
}
