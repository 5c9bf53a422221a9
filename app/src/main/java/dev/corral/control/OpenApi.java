package dev.corral.control;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// `GET /manage/openapi`: the description of `/manage`, written by hand as YAML, told as JSON. A
/// test holds it to the table of routes.
final class OpenApi {
  private OpenApi() {}

  private static final class Loaded {
    static final Object DOCUMENT = load();
  }

  static Answer answer(Question question) {
    return Answer.of(Loaded.DOCUMENT);
  }

  static Object load() {
    try (InputStream source = OpenApi.class.getResourceAsStream("openapi.yaml")) {
      if (source == null) {
        throw new IllegalStateException("openapi.yaml is part of the program");
      }
      String text = new String(source.readAllBytes(), StandardCharsets.UTF_8);
      return new Load(LoadSettings.builder().build()).loadFromString(text);
    } catch (IOException e) {
      throw new IllegalStateException("openapi.yaml is part of the program", e);
    }
  }
}
