package dev.corral.hub;

import dev.corral.model.ModelName;
import dev.corral.model.PastedName;
import dev.corral.registry.Hub;
import java.net.URI;
import java.util.Locale;
import java.util.regex.Pattern;

/// A repository as people type or paste it: `owner/repo`, `hf.co/owner/repo:Q4_K_M`, an address of
/// the Hub or of the mirror that stands for it.
public sealed interface Sought {
  /// @param tag what was named behind the colon or by a file; empty for nothing
  record Found(RepositoryName repository, String tag) implements Sought {}

  /// @param why a clause for people
  /// @param next what to write instead
  record Wrong(String why, String next) implements Sought {}

  /// @param endpoint of the Hub
  static Sought read(String text, URI endpoint) {
    String bare = text.strip();
    String mirror = "https?://" + Pattern.quote(endpoint.getAuthority()) + "/";
    String ours = bare.replaceFirst("(?i)^" + mirror, "https://huggingface.co/");
    boolean plain = ours.matches("[\\w.-]+/[\\w.-]+(:[\\w.-]+)?") && !host(ours);
    return switch (PastedName.read(plain ? "hf.co/" + ours : ours)) {
      case PastedName.Wrong wrong -> new Wrong(wrong.why(), wrong.next());
      case PastedName.Meant meant when Hub.means(meant.name()) -> found(meant.name());
      case PastedName.Meant _ ->
          new Wrong(
              "'" + bare + "' is no repository of Hugging Face",
              "Write it as OWNER/REPOSITORY, paste its address, or look for it:"
                  + " corral hub --search WORDS");
    };
  }

  private static boolean host(String text) {
    String first = text.substring(0, text.indexOf('/')).toLowerCase(Locale.ROOT);
    return first.equals("hf.co") || first.equals("huggingface.co");
  }

  private static Sought found(ModelName name) {
    boolean any = name.tag().equalsIgnoreCase(ModelName.DEFAULT_TAG);
    return new Found(RepositoryName.of(name), any ? "" : name.tag());
  }
}
