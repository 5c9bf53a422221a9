package dev.corral;

import dev.corral.engine.Installation;
import dev.corral.engine.Launch;
import dev.corral.engine.RunnerFlags;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The launcher's training run of a runner: one start on a tiny model, one answer, an orderly end,
/// after which the JVM has written down what that took.
final class RunnerTraining {
  /// The hidden verb.
  static final String VERB = "train-runner";

  private static final String KEY = "training";
  private static final Pattern PORT = Pattern.compile("\"port\":(\\d+)");
  private static final String ASK =
      "{\"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}], \"stream\": true}";

  /// From the answer to the end. The launcher ends what takes a minute.
  static final Duration PATIENCE = Duration.ofSeconds(50);

  private RunnerTraining() {}

  /// @param patience for the runner's end, behind its answer
  /// @return 0 where the cache was written, else 1: starts without one are slower and no worse
  static int run(Duration patience) {
    try {
      Path folder = Files.createTempDirectory("corral-training");
      try {
        Installation installation = Installation.ofThisProcess(folder, System.getenv());
        Optional<Path> cache = installation.classCache();
        Optional<Launch.Ours> launch = Launch.onProcessor(installation);
        if (cache.isEmpty() || launch.isEmpty()) {
          return 1;
        }
        Path model = folder.resolve("tiny.gguf");
        DemoModel.write(model, DemoModel.SENTENCE, false);
        RunnerFlags flags = new RunnerFlags(4096, 1, true, 512, 1, 0, null, true, false, List.of());
        List<String> command = launch.get().training(cache.get(), model, flags);
        return trained(launch.get(), command, patience) ? 0 : 1;
      } finally {
        Demo.remove(folder);
      }
    } catch (IOException e) {
      return 1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 1;
    }
  }

  private static boolean trained(Launch.Ours launch, List<String> command, Duration patience)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try (OutputStream in = process.getOutputStream();
        BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      in.write(launch.greeting(KEY).getBytes(StandardCharsets.UTF_8));
      in.flush();
      String ready = lines.readLine();
      Matcher port = PORT.matcher(ready == null ? "" : ready);
      if (!port.find()) {
        return false;
      }
      ask(Integer.parseInt(port.group(1)));
      in.close();
      return process.waitFor(patience) && process.exitValue() == 0;
    } finally {
      var _ = process.destroyForcibly();
    }
  }

  private static void ask(int port) throws IOException {
    HttpURLConnection call =
        (HttpURLConnection)
            URI.create("http://127.0.0.1:" + port + "/v1/chat/completions")
                .toURL()
                .openConnection();
    call.setRequestProperty("Authorization", "Bearer " + KEY);
    call.setRequestProperty("Content-Type", "application/json");
    call.setDoOutput(true);
    call.getOutputStream().write(ASK.getBytes(StandardCharsets.UTF_8));
    try (BufferedReader answer =
        new BufferedReader(new InputStreamReader(call.getInputStream(), StandardCharsets.UTF_8))) {
      while (answer.readLine() != null) {
        // To its end.
      }
    }
  }
}
