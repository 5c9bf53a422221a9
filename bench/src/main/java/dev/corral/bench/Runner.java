package dev.corral.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.corral.engine.Launch;
import dev.corral.engine.RunnerFlags;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One process with a model loaded, ours or a llama-server, started as the engine starts it.
final class Runner implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern PORT =
      Pattern.compile("\"port\":(\\d+)|listening on (?:https?://)?[\\w.:\\[\\]]*:(\\d{1,5})\\b");
  private static final String KEY = "bench";

  /// A client leaves so long after its prefill began.
  private static final long IN_THE_MIDDLE_MILLIS = 300;

  /// Longer than that nobody waits for a slot.
  static final long PATIENCE_NANOS = 20_000_000_000L;

  private final Process process;
  private final URI url;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /// From the call to the line that tells the port, hence with the model loaded.
  final long readyNanos;

  private Runner(Process process, int port, long readyNanos) {
    this.process = process;
    this.url = URI.create("http://127.0.0.1:" + port);
    this.readyNanos = readyNanos;
  }

  static Runner start(Launch launch, Path model, int slots, int context) throws IOException {
    RunnerFlags flags =
        new RunnerFlags(context, slots, true, 512, threads(), 0, null, true, false, List.of());
    long begun = System.nanoTime();
    Process process =
        new ProcessBuilder(launch.command(model, flags)).redirectErrorStream(true).start();
    process.getOutputStream().write(launch.greeting(KEY).getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String line = lines.readLine();
    while (line != null) {
      Matcher port = PORT.matcher(line);
      if (port.find()) {
        long ready = System.nanoTime() - begun;
        Thread.ofVirtual().start(() -> lines.lines().forEach(_ -> {}));
        String found = port.group(1) == null ? port.group(2) : port.group(1);
        return new Runner(process, Integer.parseInt(found), ready);
      }
      line = lines.readLine();
    }
    throw new IOException("it ended before it told its port");
  }

  /// Both get as many as there are processors.
  private static int threads() {
    return Runtime.getRuntime().availableProcessors();
  }

  /// @param firstNanos from the request to its first token
  /// @param allNanos to its end
  record Answer(int promptTokens, int tokens, long firstNanos, long allNanos) {}

  /// One answer of exactly so many tokens, streamed.
  Answer answer(String prompt, int tokens) throws IOException, InterruptedException {
    long begun = System.nanoTime();
    long first = 0;
    int prompted = 0;
    int told = 0;
    try (InputStream body = ask(prompt, tokens)) {
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("data: ")) {
          first = first == 0 ? System.nanoTime() - begun : first;
          JsonNode frame = JSON.readTree(line.substring(6));
          if (frame.path("stop").asBoolean()) {
            prompted = frame.path("tokens_evaluated").asInt();
            told = frame.path("tokens_predicted").asInt();
          }
        }
      }
    }
    return new Answer(prompted, told, first, System.nanoTime() - begun);
  }

  private static String body(String prompt, int tokens) {
    ObjectNode body = JSON.createObjectNode();
    body.put("prompt", prompt).put("n_predict", tokens).put("stream", true);
    body.put("ignore_eos", true).put("cache_prompt", false).put("temperature", 0);
    return body.toString();
  }

  private InputStream ask(String prompt, int tokens) throws IOException, InterruptedException {
    HttpRequest request =
        request("/completion")
            .POST(HttpRequest.BodyPublishers.ofString(body(prompt, tokens)))
            .build();
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofInputStream()).body();
    } catch (IOException e) {
      // A llama-server gives up connections that it said it would keep.
      return client.send(request, HttpResponse.BodyHandlers.ofInputStream()).body();
    }
  }

  /// A client vanishes in the middle of a long prefill: nanoseconds until its slot is free, at most
  /// [#PATIENCE_NANOS], because some read their prompt to its end.
  long freed(String prompt) throws IOException, InterruptedException {
    byte[] body = body(prompt, 4).getBytes(StandardCharsets.UTF_8);
    String head =
        "POST /completion HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
            .formatted(KEY, body.length);
    try (Socket client = new Socket(url.getHost(), url.getPort())) {
      client.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      client.getOutputStream().write(body);
      if (!within(true)) {
        throw new IOException("its slot stays free");
      }
      Thread.sleep(IN_THE_MIDDLE_MILLIS);
    }
    long left = System.nanoTime();
    return within(false) ? System.nanoTime() - left : PATIENCE_NANOS;
  }

  private boolean within(boolean wanted) throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (busy() != wanted) {
      if (System.nanoTime() > end) {
        return false;
      }
      Thread.sleep(1);
    }
    return true;
  }

  private boolean busy() throws IOException, InterruptedException {
    String slots =
        client.send(request("/slots").GET().build(), HttpResponse.BodyHandlers.ofString()).body();
    for (JsonNode slot : JSON.readTree(slots)) {
      if (slot.path("is_processing").asBoolean()) {
        return true;
      }
    }
    return false;
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(url.resolve(path)).header("Authorization", "Bearer " + KEY);
  }

  double residentMegabytes() throws IOException {
    double all = resident(process.pid());
    for (ProcessHandle below : process.descendants().toList()) {
      all += resident(below.pid());
    }
    return all;
  }

  private static double resident(long pid) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Double.parseDouble(line.replaceAll("\\D+", "")) / 1024;
      }
    }
    return Double.NaN;
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    process.onExit().join();
    client.close();
  }
}
