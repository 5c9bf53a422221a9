package dev.corral.registry;

import dev.corral.model.ModelName;
import dev.corral.outbound.Ask;
import dev.corral.outbound.Destinations;
import dev.corral.outbound.Origin;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// Hugging Face, or a mirror of it (`HF_ENDPOINT`), and the key for it (`HF_TOKEN`).
///
/// @param key sent to the endpoint alone; empty for none
public record Hub(URI endpoint, String key) {
  private static final Set<String> HOSTS = Set.of("hf.co", "huggingface.co");
  private static final URI USUAL = URI.create("https://huggingface.co");

  /// @param variable the value of an environment variable, empty for none
  /// @throws IllegalArgumentException where the address cannot be understood
  public static Hub of(Function<String, Optional<String>> variable) {
    String key = variable.apply("HF_TOKEN").orElse("").strip();
    if (!key.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw new IllegalArgumentException("HF_TOKEN holds something that no key has");
    }
    String address = variable.apply("HF_ENDPOINT").orElse("").strip().replaceAll("/+$", "");
    if (address.isEmpty()) {
      return new Hub(USUAL, key);
    }
    try {
      URI uri = URI.create(address);
      if (Origin.of(uri).isPresent() && uri.getRawQuery() == null) {
        return new Hub(uri, key);
      }
    } catch (IllegalArgumentException e) {
      throw wrong();
    }
    throw wrong();
  }

  private static IllegalArgumentException wrong() {
    return new IllegalArgumentException(
        "HF_ENDPOINT is not an address; write it as https://huggingface.co");
  }

  /// True for names such as `hf.co/owner/repository:Q4_K_M`.
  public static boolean means(ModelName name) {
    return HOSTS.contains(name.host().toLowerCase(Locale.ROOT));
  }

  /// The hosts that may be asked, and a mirror that the operator named among them, where the Hub is
  /// allowed at all.
  public Destinations among(Destinations allowed) {
    Origin usual = origin(USUAL);
    return endpoint.equals(USUAL) || !allowed.mayBeAsked(usual)
        ? allowed
        : allowed.and(origin(endpoint));
  }

  /// The key as a credential of the endpoint; empty where there is none.
  public Optional<Ask.Credential> credential() {
    return key.isEmpty()
        ? Optional.empty()
        : Optional.of(new Ask.Credential(origin(endpoint), "Bearer " + key));
  }

  private static Origin origin(URI uri) {
    return Origin.of(uri).orElseThrow();
  }

  /// The key stays out of logs.
  @Override
  public String toString() {
    return "Hub at " + endpoint;
  }
}
