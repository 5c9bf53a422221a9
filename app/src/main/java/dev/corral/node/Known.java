package dev.corral.node;

import dev.corral.blobs.ModelConfig;
import dev.corral.blobs.StoredModel;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// A model of the store, understood: what it can, and which template speaks for it.
public final class Known {
  private final StoredModel stored;
  private final FileFacts file;
  private final Voice voice;
  private final List<String> capabilities;

  Known(StoredModel stored, FileFacts file) {
    this.stored = stored;
    this.file = file;
    this.voice =
        Voice.choose(stored.config().renderer(), stored.texts().template(), file.chatTemplate());
    this.capabilities = capabilities(stored, file, voice);
  }

  /// The same model, found again: another name of it, or its files in another place.
  private Known(StoredModel stored, Known before) {
    this.stored = stored;
    this.file = before.file;
    this.voice = before.voice;
    this.capabilities = before.capabilities;
  }

  Known as(StoredModel found) {
    return new Known(found, this);
  }

  public StoredModel stored() {
    return stored;
  }

  /// What it can, in Ollama's words and order: `completion`, `tools`, `thinking`, `embedding`, …
  public List<String> capabilities() {
    return capabilities;
  }

  public boolean can(String capability) {
    return capabilities.contains(capability);
  }

  /// The text of the template that speaks for it, for `show`.
  public String templateText() {
    return switch (voice) {
      case Voice.Speaks speaks -> speaks.source();
      case Voice.Dumb dumb -> dumb.source();
    };
  }

  FileFacts file() {
    return file;
  }

  Voice voice() {
    return voice;
  }

  /// The template; refused in words for the caller where there is none that can be run.
  Voice.Speaks speaks() {
    return switch (voice) {
      case Voice.Speaks speaks -> speaks;
      case Voice.Dumb dumb -> throw new Refused(400, dumb.why());
    };
  }

  private static List<String> capabilities(StoredModel stored, FileFacts file, Voice voice) {
    ModelConfig config = stored.config();
    Set<String> all = new LinkedHashSet<>(config.capabilities());
    boolean gguf = stored.weightsLayer().isPresent();
    List<String> spoken = voice instanceof Voice.Speaks speaks ? speaks.abilities() : List.of();
    boolean jinja = voice instanceof Voice.Speaks speaks && speaks.jinja();
    if (gguf && jinja) {
      all.addAll(spoken);
    }
    if (gguf) {
      all.add(file.embeds() ? "embedding" : "completion");
    }
    if (file.sees() || !stored.projectors().isEmpty()) {
      all.add("vision");
    }
    if (file.hears()) {
      all.add("audio");
    }
    if (!jinja) {
      all.addAll(spoken);
    }
    if (config.family().equals("gptoss") || config.family().equals("gpt-oss")) {
      all.add("thinking");
    }
    return List.copyOf(new ArrayList<>(all));
  }
}
