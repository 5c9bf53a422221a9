package dev.corral.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The backend, nginx where there is one, and Corral as its launcher starts it, each a process of
/// its own in a folder of its own.
final class Surroundings implements AutoCloseable {
  private static final int NGINX_PORT = 9302;
  private static final int CORRAL_PORT = 9303;
  private static final long START_NANOS = 120_000_000_000L;

  private static final String NGINX =
      """
      worker_processes 2;
      daemon off;
      pid nginx.pid;
      error_log stderr warn;
      worker_rlimit_nofile 16384;
      events { worker_connections 8192; }
      http {
        access_log off;
        client_body_temp_path body;
        proxy_temp_path proxy;
        keepalive_requests 1000000000;
        upstream backend { server 127.0.0.1:BACKEND; keepalive 4096; keepalive_requests 1000000000; }
        server {
          listen 127.0.0.1:NGINX backlog=4096;
          client_max_body_size 256m;
          location / {
            proxy_pass http://backend;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_buffering off;
            proxy_request_buffering off;
            proxy_read_timeout 1h;
          }
        }
      }
      """;

  private final Path folder;
  private final Path clone = Path.of(System.getProperty("corral.clone", "."));
  private final List<Process> processes = new ArrayList<>();
  private @Nullable Measured nginx;
  private @Nullable Measured corral;

  private Surroundings(Path folder) {
    this.folder = folder;
  }

  static Surroundings start() throws IOException, InterruptedException {
    Surroundings around = new Surroundings(Files.createTempDirectory("corral-bench-"));
    Runtime.getRuntime().addShutdownHook(new Thread(around::close));
    String java = ProcessHandle.current().info().command().orElse("java");
    around.begin(
        "backend",
        Map.of(),
        java,
        "-XX:+UseSerialGC",
        "-Xmx512m",
        "-cp",
        System.getProperty("java.class.path"),
        "dev.corral.bench.Backend");
    await(Backend.PORT);
    if (onPath("nginx")) {
      Path conf = around.folder.resolve("nginx.conf");
      String text = NGINX.replace("BACKEND", "" + Backend.PORT).replace("NGINX", "" + NGINX_PORT);
      Files.writeString(conf, text);
      Process process =
          around.begin("nginx", Map.of(), "nginx", "-p", around.folder + "/", "-c", conf + "");
      await(NGINX_PORT);
      around.nginx = new Measured("nginx", NGINX_PORT, Measured.family(process));
    } else {
      System.err.println("bench: no nginx on the path; Corral stands beside the bare backend only");
    }
    return around;
  }

  /// The bare backend first, then nginx, then Corral.
  List<Measured> all() throws IOException, InterruptedException {
    List<Measured> all = new ArrayList<>();
    all.add(new Measured("direct", Backend.PORT, List.of()));
    if (nginx != null) {
      all.add(nginx);
    }
    all.add(corral());
    return all;
  }

  Measured corral() throws IOException, InterruptedException {
    if (corral == null) {
      Process process = serve("home");
      corral = new Measured("corral", CORRAL_PORT, Measured.family(process));
    }
    return corral;
  }

  /// One start with a home of that name, until it answers.
  Process serve(String home) throws IOException, InterruptedException {
    Process process =
        begin(
            "corral",
            Map.of("OLLAMA_HOST", "127.0.0.1:" + Backend.PORT),
            clone.resolve("corral").toString(),
            "serve",
            "--home",
            folder.resolve(home).toString(),
            "--port",
            Integer.toString(CORRAL_PORT));
    await(CORRAL_PORT);
    return process;
  }

  /// A verb that asks the running server.
  Process verb(String... words) throws IOException {
    List<String> command = new ArrayList<>(List.of(clone.resolve("corral").toString()));
    command.addAll(List.of(words));
    command.addAll(List.of("--url", "http://127.0.0.1:" + CORRAL_PORT, "--home", folder + "/home"));
    return begin("verb", Map.of(), command.toArray(String[]::new));
  }

  private Process begin(String log, Map<String, String> variables, String... command)
      throws IOException {
    File output = folder.resolve(log + ".log").toFile();
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(output));
    builder.environment().putAll(variables);
    Process process = builder.start();
    processes.add(process);
    return process;
  }

  /// Until the port answers HTTP; a listener that is not ready yet does not count.
  private static void await(int port) throws InterruptedException {
    long end = System.nanoTime() + START_NANOS;
    while (System.nanoTime() < end) {
      try (Pipe pipe = Pipe.to(port)) {
        pipe.send(Pipe.ascii("GET /api/version HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        if (pipe.head().status() == 200) {
          return;
        }
      } catch (IOException e) {
        // Not there yet.
      }
      Thread.sleep(5);
    }
    throw new IllegalStateException("nothing answers on port " + port);
  }

  private static boolean onPath(String program) {
    for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
      if (Files.isExecutable(Path.of(folder, program))) {
        return true;
      }
    }
    return Files.isExecutable(Path.of("/usr/sbin", program));
  }

  @Override
  public void close() {
    for (Process process : processes.reversed()) {
      process.destroy();
      process.onExit().join();
    }
    processes.clear();
  }
}
