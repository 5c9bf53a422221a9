package dev.corral.hub;

import dev.corral.model.ModelName;
import dev.corral.outbound.Destinations;
import dev.corral.outbound.Outbound;
import dev.corral.outbound.Patience;
import dev.corral.outbound.Proxies;
import dev.corral.registry.Hub;
import dev.corral.registry.Registry;
import dev.corral.registry.Trouble;
import dev.corral.testkit.Await;
import dev.corral.testkit.HubDouble;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLSocketFactory;

/// The room in front of a double of the Hub.
final class Yonder {
  static final Patience PATIENT = new Patience(Await.LONG, Await.LONG, Await.LONG);

  private Yonder() {}

  /// @param key the HF_TOKEN; empty for none
  /// @param further hosts that may be asked or led to
  static Hubs hubs(HubDouble hub, String key, String... further) {
    return hubs(hub, key, PATIENT, InstantSource.system(), further);
  }

  static Hubs hubs(
      HubDouble hub, String key, Patience patience, InstantSource clock, String... further) {
    Map<String, String> variables = Map.of("HF_ENDPOINT", hub.url().toString(), "HF_TOKEN", key);
    Hub named =
        Hub.of(name -> Optional.ofNullable(variables.get(name)).filter(text -> !text.isEmpty()));
    Destinations allowed = Destinations.of(List.of("hf.co"), Arrays.asList(further));
    Outbound outbound =
        new Outbound(
            named.among(allowed),
            Outbound.Lookup.system(),
            Proxies.NONE,
            () -> (SSLSocketFactory) SSLSocketFactory.getDefault(),
            patience,
            "corral-test");
    return new Hubs(outbound, named, new Registry(outbound, named, clock), clock);
  }

  static ModelName name(String text) {
    return ModelName.parse(text).orElseThrow();
  }

  static <T> T got(Answered<T> answered) {
    return switch (answered) {
      case Answered.Got<T>(T value) -> value;
      case Answered.Not<T>(Trouble trouble) -> throw new AssertionError(trouble.sentence());
    };
  }

  static Trouble trouble(Answered<?> answered) {
    return switch (answered) {
      case Answered.Got<?>(Object value) -> throw new AssertionError("came: " + value);
      case Answered.Not<?>(Trouble trouble) -> trouble;
    };
  }
}
