package dev.corral.engine;

import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;

/// A process that keeps the contract of our runner, or that of a llama-server where it is started
/// without `--natives`, or breaks it as a file beside the model says (`MODEL.habit`). What it was
/// started with stands in `MODEL.seen`.
public final class StandInRunner {
  private StandInRunner() {}

  /// How it behaves.
  enum Habit {
    GOOD,
    /// Never says a word.
    MUTE,
    /// Waits for a file `MODEL.go` before it is ready.
    SLOW,
    GARBAGE,
    FLOOD,
    REFUSES,
    NO_PORT,
    CRASHES_LOADING,
    /// Ready, and then without answers to `/health`.
    DEAF,
    WRONG_FLAGS
  }

  static void main(String[] args) throws IOException, InterruptedException {
    Path model = Path.of(List.of(args).get(List.of(args).indexOf("--model") + 1));
    boolean ours = List.of(args).contains("--natives");
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    String greeting = ours ? in.readLine() : System.getenv("LLAMA_API_KEY");
    if (ours) {
      endWith(in);
    }
    note(model, args, greeting);
    System.err.println("loading " + model);
    switch (Habit.valueOf(Files.readString(model.resolveSibling(model.getFileName() + ".habit")))) {
      case GOOD -> serve(true, ours);
      case DEAF -> serve(false, ours);
      case MUTE -> Thread.currentThread().join();
      case SLOW -> {
        while (Files.notExists(model.resolveSibling(model.getFileName() + ".go"))) {
          Thread.sleep(5);
        }
        serve(true, ours);
      }
      case GARBAGE -> {
        System.out.println("Welcome! This is another program altogether.");
        Thread.currentThread().join();
      }
      case FLOOD -> {
        byte[] noise =
            "noise without an end of the line ".repeat(1000).getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 1000; i++) {
          System.err.write(noise);
        }
        System.err.println();
        serve(true, ours);
      }
      case REFUSES -> {
        System.err.println("tensor 'blk.0.attn_q.weight' has the wrong shape in " + model);
        System.exit(3);
      }
      case NO_PORT -> {
        System.err.println("This machine has no free port left on 127.0.0.1");
        System.exit(4);
      }
      case CRASHES_LOADING -> {
        System.err.println("GGML_ASSERT(n > 0) failed");
        Runtime.getRuntime().halt(134);
      }
      case WRONG_FLAGS -> {
        System.err.println("unknown flag --ctx-size");
        System.exit(2);
      }
    }
  }

  private static void endWith(BufferedReader in) {
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          in.lines().forEach(_ -> {});
          Runtime.getRuntime().halt(0);
        });
  }

  private static void note(Path model, String[] args, String greeting) throws IOException {
    Map<String, String> environment = new TreeMap<>(System.getenv());
    try (var files = Files.list(Path.of(""))) {
      Files.writeString(
          model.resolveSibling(model.getFileName() + ".seen"),
          "arguments "
              + String.join(" ", args)
              + "\nenvironment "
              + environment
              + "\ngreeting "
              + greeting
              + "\nfolder "
              + Path.of("").toAbsolutePath()
              + " with "
              + files.count()
              + " files\n");
    }
  }

  private static void serve(boolean healthy, boolean ours) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/health",
        call -> {
          if (healthy) {
            call.sendResponseHeaders(200, -1);
            call.close();
          }
        });
    server.createContext(
        "/stream",
        call -> {
          call.sendResponseHeaders(200, 0);
          OutputStream out = call.getResponseBody();
          while (true) {
            out.write("word\n".getBytes(StandardCharsets.UTF_8));
            out.flush();
          }
        });
    server.createContext("/prefill", _ -> {});
    server.createContext(
        "/props",
        call -> {
          byte[] props =
              "{\"total_slots\": 2, \"build_info\": \"v0.5\"}".getBytes(StandardCharsets.UTF_8);
          call.sendResponseHeaders(200, props.length);
          call.getResponseBody().write(props);
          call.close();
        });
    server.start();
    int port = server.getAddress().getPort();
    if (ours) {
      System.out.println(
          "{\"port\": %d, \"slots\": 4, \"embeddingLength\": 64, \"natives\": \"stand-in\","
                  .formatted(port)
              + " \"devices\": [{\"name\": \"CPU\", \"memoryBytes\": 123456}]}");
    } else {
      System.err.println("main: server is listening on http://127.0.0.1:" + port + " - starting");
    }
  }
}
