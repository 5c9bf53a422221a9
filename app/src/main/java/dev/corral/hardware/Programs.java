package dev.corral.hardware;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Runs programs from the folders in which systems and vendors keep them, never from wherever the
/// search path happens to lead; in the C locale, with a limit of time and of output.
///
/// @param folders looked through in order
/// @param patience after which a program and all that it started are ended: a driver that hangs
///   hangs its tool too
public record Programs(List<Path> folders, Duration patience) implements Commands {
  private static final int MAX_OUTPUT = 256 * 1024; // bytes; an answer is a few lines

  /// Those of this system.
  public static Programs ours() {
    List<Path> folders = new ArrayList<>();
    for (String folder :
        List.of(
            "/usr/bin",
            "/usr/local/bin",
            "/usr/sbin",
            "/usr/local/nvidia/bin",
            "/opt/bin",
            "/opt/rocm/bin",
            "/usr/lib/wsl/lib",
            "/run/current-system/sw/bin")) {
      folders.add(Path.of(folder));
    }
    Optional.ofNullable(System.getenv("SystemRoot"))
        .ifPresent(windows -> folders.add(Path.of(windows, "System32")));
    return new Programs(folders, Duration.ofSeconds(3));
  }

  @Override
  public Optional<String> output(List<String> arguments) {
    return find(arguments.getFirst())
        .flatMap(program -> {
          List<String> all = new ArrayList<>(arguments);
          all.set(0, program.toString());
          return run(all);
        });
  }

  private Optional<Path> find(String name) {
    Path given = Path.of(name);
    if (given.isAbsolute()) {
      return Optional.of(given).filter(Files::isExecutable);
    }
    return folders.stream()
        .flatMap(folder -> List.of(folder.resolve(name), folder.resolve(name + ".exe")).stream())
        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
        .findFirst();
  }

  private Optional<String> run(List<String> command) {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
    Map<String, String> environment = builder.environment();
    environment.put("LC_ALL", "C");
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      return Optional.empty();
    }
    try {
      process.getOutputStream().close();
      CompletableFuture<String> output = new CompletableFuture<>();
      Thread.startVirtualThread(() -> read(process, output));
      String text = output.get(patience.toMillis(), TimeUnit.MILLISECONDS);
      boolean ended = process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
      return ended && process.exitValue() == 0 ? Optional.of(text) : Optional.empty();
    } catch (IOException | ExecutionException | TimeoutException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private static void read(Process process, CompletableFuture<String> output) {
    try (InputStream in = process.getInputStream()) {
      byte[] bytes = in.readNBytes(MAX_OUTPUT + 1);
      if (bytes.length > MAX_OUTPUT) {
        output.completeExceptionally(new IOException("more output than an answer has"));
      } else {
        output.complete(new String(bytes, StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      output.completeExceptionally(e);
    }
  }
}
