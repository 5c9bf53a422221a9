package dev.corral;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/// The verb `serve`: starts the server, says where it is, and returns when it has stopped.
final class Serve {
  /// For what is being answered when the program is told to stop. Below the ten seconds after which
  /// a container is killed.
  private static final Duration PATIENCE = Duration.ofSeconds(8);

  private Serve() {}

  /// @param args the command line with its verb: `serve --port 11500`
  static void run(String[] args) {
    try {
      List<String> words = Arrays.asList(args).subList(1, args.length);
      Arguments arguments = Arguments.parse(words, System.getenv());
      Wiring wiring =
          Wiring.start(
              arguments.home(), arguments.config(), arguments.flags(), System.getenv(), System.err);
      CountDownLatch stopped = new CountDownLatch(1);
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    stop(wiring);
                    stopped.countDown();
                  },
                  "stop"));
      greet(wiring.greeting(), arguments);
      stopped.await();
    } catch (Unstartable e) {
      System.err.println("corral: " + e.getMessage());
      System.exit(e.exitCode());
    } catch (IllegalArgumentException e) {
      System.err.println("corral: " + e.getMessage());
      System.exit(2);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void greet(Greeting greeting, Arguments arguments) {
    if (arguments.json()) {
      System.out.println(greeting.document());
    } else if (!arguments.quiet()) {
      greeting.lines().forEach(System.out::println);
    }
  }

  private static void stop(Wiring wiring) {
    int open = wiring.answering();
    if (open > 0) {
      System.err.printf(
          "stopping: %d answer%s on the way, %d s at most%n",
          open, open == 1 ? " is" : "s are", PATIENCE.toSeconds());
    }
    try {
      wiring.drain(PATIENCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      wiring.close();
    }
  }
}
