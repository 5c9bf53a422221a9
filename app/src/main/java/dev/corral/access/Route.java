package dev.corral.access;

import dev.corral.model.Dialect;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Every route of the program, and what each demands of the caller. What is not here is 404;
/// nothing unknown is ever forwarded. A test walks this table against the running program.
///
/// In a path, `{}` stands for exactly one segment and a final `**` for the rest.
@SuppressWarnings("ImmutableEnumChecker") // List.of is immutable; the checker cannot see it
public enum Route {
  // Ollama's API
  ROOT("HEAD GET", "/", null, Dialect.PLAIN),
  GENERATE("POST", "/api/generate", Scope.INFER, Dialect.OLLAMA),
  CHAT("POST", "/api/chat", Scope.INFER, Dialect.OLLAMA),
  EMBED("POST", "/api/embed", Scope.INFER, Dialect.OLLAMA),
  EMBEDDINGS("POST", "/api/embeddings", Scope.INFER, Dialect.OLLAMA),
  TAGS("HEAD GET", "/api/tags", Scope.INFER, Dialect.OLLAMA),
  PS("GET", "/api/ps", Scope.INFER, Dialect.OLLAMA),
  SHOW("POST", "/api/show", Scope.INFER, Dialect.OLLAMA),
  VERSION("HEAD GET", "/api/version", Scope.INFER, Dialect.OLLAMA),
  CLOUD_STATUS("GET", "/api/status", Scope.INFER, Dialect.OLLAMA),
  PULL("POST", "/api/pull", Scope.PULL, Dialect.OLLAMA),
  PUSH("POST", "/api/push", Scope.MANAGE, Dialect.OLLAMA),
  CREATE("POST", "/api/create", Scope.MANAGE, Dialect.OLLAMA),
  COPY("POST", "/api/copy", Scope.MANAGE, Dialect.OLLAMA),
  DELETE("DELETE", "/api/delete", Scope.MANAGE, Dialect.OLLAMA),
  BLOB("HEAD POST", "/api/blobs/{}", Scope.MANAGE, Dialect.OLLAMA),
  // What acts with a node's account is refused here and never forwarded.
  ACCOUNT("POST", "/api/me", Scope.INFER, Dialect.OLLAMA),
  SIGN_OUT("POST", "/api/signout", Scope.INFER, Dialect.OLLAMA),
  SIGN_OUT_KEY("DELETE", "/api/user/keys/{}", Scope.INFER, Dialect.OLLAMA),
  EXPERIMENTAL("GET POST", "/api/experimental/**", Scope.INFER, Dialect.OLLAMA),

  SYSTEM_GPU("GET", "/api/system/gpu", Scope.INFER, Dialect.OLLAMA),

  // OpenAI's and Anthropic's API
  V1_CHAT("POST", "/v1/chat/completions", Scope.INFER, Dialect.OPENAI),
  V1_COMPLETIONS("POST", "/v1/completions", Scope.INFER, Dialect.OPENAI),
  V1_EMBEDDINGS("POST", "/v1/embeddings", Scope.INFER, Dialect.OPENAI),
  V1_RESPONSES("POST", "/v1/responses", Scope.INFER, Dialect.OPENAI),
  V1_MODELS("GET", "/v1/models", Scope.INFER, Dialect.OPENAI),
  V1_MODEL("GET", "/v1/models/**", Scope.INFER, Dialect.OPENAI),
  V1_MESSAGES("POST", "/v1/messages", Scope.INFER, Dialect.ANTHROPIC),
  V1_COUNT_TOKENS("POST", "/v1/messages/count_tokens", Scope.INFER, Dialect.ANTHROPIC),

  // Management
  M_STATUS("GET", "/manage/status", Scope.MANAGE, Dialect.MANAGE),
  M_SESSION("GET", "/manage/session", null, Dialect.MANAGE),
  M_SETTINGS("GET", "/manage/settings", Scope.MANAGE, Dialect.MANAGE),
  M_OPENAPI("GET", "/manage/openapi", null, Dialect.MANAGE),
  M_MODELS("GET", "/manage/models", Scope.MANAGE, Dialect.MANAGE),
  M_MODEL_DELETE("DELETE", "/manage/models/{}", Scope.MANAGE, Dialect.MANAGE),
  M_MODEL_VERIFY("GET POST", "/manage/models/{}/verify", Scope.MANAGE, Dialect.MANAGE),
  M_PRUNE("POST", "/manage/prune", Scope.MANAGE, Dialect.MANAGE),
  M_SIZES("GET", "/manage/sizes", Scope.MANAGE, Dialect.MANAGE),
  M_CHECK("GET POST", "/manage/checks/check", Scope.MANAGE, Dialect.MANAGE),
  M_TRASH("GET POST DELETE", "/manage/trash", Scope.MANAGE, Dialect.MANAGE),
  M_MODEL("GET", "/manage/models/{}", Scope.MANAGE, Dialect.MANAGE),
  M_MODEL_USE("POST", "/manage/models/{}/use", Scope.MANAGE, Dialect.MANAGE),
  M_MODEL_LOAD("POST", "/manage/models/{}/load", Scope.MANAGE, Dialect.MANAGE),
  M_MODEL_UNLOAD("POST", "/manage/models/{}/unload", Scope.MANAGE, Dialect.MANAGE),
  M_MODEL_PROTECT("POST DELETE", "/manage/models/{}/protect", Scope.MANAGE, Dialect.MANAGE),
  M_ADOPT("POST", "/manage/models/adopt", Scope.MANAGE, Dialect.MANAGE),
  M_ACTIVE("GET PUT", "/manage/active", Scope.MANAGE, Dialect.MANAGE),
  M_CATALOG("GET", "/manage/catalog", Scope.MANAGE, Dialect.MANAGE),
  M_BACKENDS("GET POST", "/manage/backends", Scope.MANAGE, Dialect.MANAGE),
  M_BACKEND("DELETE", "/manage/backends/{}", Scope.ADMIN, Dialect.MANAGE),
  M_BACKEND_DRAIN("POST", "/manage/backends/{}/drain", Scope.MANAGE, Dialect.MANAGE),
  M_BACKEND_TEST("POST", "/manage/backends/{}/test", Scope.MANAGE, Dialect.MANAGE),
  M_HUB("GET", "/manage/hub", Scope.PULL, Dialect.MANAGE),
  M_PULLS("GET POST", "/manage/pulls", Scope.PULL, Dialect.MANAGE),
  M_PULL("GET DELETE", "/manage/pulls/{}", Scope.PULL, Dialect.MANAGE),
  M_PULL_PAUSE("POST", "/manage/pulls/{}/pause", Scope.PULL, Dialect.MANAGE),
  M_PULL_RESUME("POST", "/manage/pulls/{}/resume", Scope.PULL, Dialect.MANAGE),
  M_FIT("POST", "/manage/fit", Scope.MANAGE, Dialect.MANAGE),
  M_HARDWARE("GET", "/manage/hardware", Scope.MANAGE, Dialect.MANAGE),
  M_DISK("GET", "/manage/disk", Scope.MANAGE, Dialect.MANAGE),
  M_PULL_PLAN("POST", "/manage/pulls/plan", Scope.PULL, Dialect.MANAGE),
  M_PULL_CHECK("POST", "/manage/pulls/check", Scope.PULL, Dialect.MANAGE),
  M_PULL_APPROVE("POST", "/manage/pulls/{}/approve", Scope.MANAGE, Dialect.MANAGE),
  M_EXPLAIN("GET", "/manage/explain", Scope.MANAGE, Dialect.MANAGE),
  M_KEYS("GET POST", "/manage/keys", Scope.ADMIN, Dialect.MANAGE),
  M_KEY("DELETE", "/manage/keys/{}", Scope.ADMIN, Dialect.MANAGE),
  M_RUNNER_LOG("GET", "/manage/runners/{}/log", Scope.MANAGE, Dialect.MANAGE),
  M_REQUESTS("GET", "/manage/requests", Scope.MANAGE, Dialect.MANAGE),
  M_EVENTS("GET", "/manage/events", Scope.MANAGE, Dialect.MANAGE),

  // Probes and the page
  HEALTH_LIVE("GET HEAD", "/health/live", null, Dialect.PLAIN),
  HEALTH_READY("GET HEAD", "/health/ready", null, Dialect.PLAIN),
  HEALTH_STARTED("GET HEAD", "/health/started", null, Dialect.PLAIN),
  METRICS("GET HEAD", "/metrics", Scope.MANAGE, Dialect.PLAIN),
  ASSET("GET HEAD", "/assets/{}", null, Dialect.PLAIN);

  private final List<String> methods;
  private final String path;
  private final @Nullable Scope demand;
  private final Dialect dialect;

  Route(String methods, String path, @Nullable Scope demand, Dialect dialect) {
    this.methods = List.of(methods.split(" "));
    this.path = path;
    this.demand = demand;
    this.dialect = dialect;
  }

  public List<String> methods() {
    return methods;
  }

  public String path() {
    return path;
  }

  /// The scope that a caller needs once keys are in force; empty where the route is always open.
  public Optional<Scope> demand() {
    return Optional.ofNullable(demand);
  }

  public Dialect dialect() {
    return dialect;
  }

  /// True where the route changes something other than a conversation: JSON only, no foreign
  /// origin.
  public boolean changes() {
    return (demand != Scope.INFER && !methods.equals(List.of("GET")) && !methods.contains("HEAD"))
        || this == BLOB;
  }

  /// True for the page and its parts, which a browser loads before it has a key.
  public boolean page() {
    return this == ROOT || this == ASSET;
  }

  /// What the table says about a method and a path.
  public sealed interface Match {
    /// @param rest what `{}` or `**` stood for, still percent-encoded; empty without either
    record Found(Route route, String rest) implements Match {}

    /// The path exists, not with this method.
    record WrongMethod(List<String> allowed, Dialect dialect) implements Match {}

    record Unknown() implements Match {}
  }

  private static final Map<String, List<Route>> EXACT = new HashMap<>();
  private static final List<Route> PATTERNS = new ArrayList<>();

  static {
    for (Route route : values()) {
      if (route.path.contains("{}") || route.path.endsWith("**")) {
        PATTERNS.add(route);
      } else {
        EXACT.computeIfAbsent(route.path, _ -> new ArrayList<>()).add(route);
      }
    }
  }

  /// @param path without query, as the client sent it (no decoding, no normalising)
  public static Match find(String method, String path) {
    List<Route> exact = EXACT.get(path);
    if (exact != null) {
      return choose(method, exact, "");
    }
    for (Route route : PATTERNS) {
      Optional<String> rest = route.rest(path);
      if (rest.isPresent()) {
        return choose(method, alike(route), rest.get());
      }
    }
    return new Match.Unknown();
  }

  /// The routes of one path, which different calls may serve by their methods.
  private static List<Route> alike(Route first) {
    return PATTERNS.stream().filter(route -> route.path.equals(first.path)).toList();
  }

  private static Match choose(String method, List<Route> candidates, String rest) {
    for (Route route : candidates) {
      if (route.methods.contains(method)) {
        return new Match.Found(route, rest);
      }
    }
    Set<String> allowed = new LinkedHashSet<>();
    candidates.forEach(route -> allowed.addAll(route.methods));
    return new Match.WrongMethod(List.copyOf(allowed), candidates.getFirst().dialect);
  }

  private Optional<String> rest(String asked) {
    if (path.endsWith("**")) {
      String prefix = path.substring(0, path.length() - 2);
      boolean inside = asked.startsWith(prefix) && asked.length() > prefix.length();
      return inside ? Optional.of(asked.substring(prefix.length())) : Optional.empty();
    }
    int hole = path.indexOf("{}");
    String before = path.substring(0, hole);
    String after = path.substring(hole + 2);
    boolean fits =
        asked.length() > before.length() + after.length()
            && asked.startsWith(before)
            && asked.endsWith(after);
    if (!fits) {
      return Optional.empty();
    }
    String segment = asked.substring(before.length(), asked.length() - after.length());
    return segment.contains("/") ? Optional.empty() : Optional.of(segment);
  }
}
