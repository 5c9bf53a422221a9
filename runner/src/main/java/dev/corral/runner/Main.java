package dev.corral.runner;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.corral.runner.engine.Engine;
import dev.corral.runner.engine.Facts;
import dev.corral.runner.engine.ModelRefused;
import dev.corral.runner.http.Routes;
import dev.corral.runner.http.Server;
import dev.corral.runner.llama.NativesUnusable;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// The process. Its first line of standard input is `{"key": "…"}`; when the model is loaded it
/// writes one line of JSON to standard output, with the port; everything else is on standard error.
/// It ends when standard input closes, whatever it is doing, so that it never outlives the one who
/// started it.
///
/// Exit codes: 0 standard input closed, or terminated; 2 the command line or the first line is
/// wrong; 3 the model or the libraries cannot be used, with the reason as the last line of standard
/// error; anything else is a crash.
public final class Main {
  private static final int ENDED = 0;
  private static final int WRONG_USAGE = 2;
  private static final int REFUSED = 3;

  /// A first line that is longer holds no key.
  private static final int LONGEST_LINE = 64 * 1024;

  private Main() {}

  public static void main(String[] args) {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> Runtime.getRuntime().halt(ENDED)));
    InputStream in = new BufferedInputStream(System.in);
    try {
      Arguments arguments = Arguments.parse(List.of(args));
      String key = key(in);
      Thread.ofPlatform().daemon().name("parent").start(() -> haltWhenClosed(in));
      serve(arguments, key);
    } catch (Arguments.Wrong wrong) {
      System.err.println(Arguments.USAGE);
      end(WRONG_USAGE, wrong);
    } catch (ModelRefused | NativesUnusable refused) {
      end(REFUSED, refused);
    }
  }

  private static void serve(Arguments arguments, String key) throws ModelRefused, NativesUnusable {
    Engine engine = Engine.load(arguments.settings(), new Progress());
    Routes routes = new Routes(engine, arguments.model(), arguments.shift());
    Server server = Server.open(arguments.address(), key, routes);
    System.out.println(ready(server.port(), engine.facts()));
    System.out.flush();
  }

  private static String key(InputStream in) throws Arguments.Wrong {
    try {
      JsonNode line = new JsonMapper().readTree(firstLine(in));
      String key = line.path("key").asText("");
      if (!key.isEmpty()) {
        return key;
      }
    } catch (JsonProcessingException noJson) {
      // Told below; its text must not be shown, because it may hold the key.
    } catch (IOException closed) {
      Runtime.getRuntime().halt(ENDED);
    }
    throw new Arguments.Wrong("The first line of standard input must be {\"key\": \"...\"}");
  }

  private static String firstLine(InputStream in) throws IOException {
    var line = new ByteArrayOutputStream();
    int next = in.read();
    while (next >= 0 && next != '\n' && line.size() < LONGEST_LINE) {
      line.write(next);
      next = in.read();
    }
    return line.toString(StandardCharsets.UTF_8);
  }

  private static void haltWhenClosed(InputStream in) {
    try {
      in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException broken) {
      // As good as closed.
    }
    Runtime.getRuntime().halt(ENDED);
  }

  private static void end(int code, Exception reason) {
    System.err.println(reason.getMessage());
    System.err.flush();
    Runtime.getRuntime().halt(code);
  }

  /// The one line of standard output.
  private static String ready(int port, Facts facts) {
    ObjectNode ready = new JsonMapper().createObjectNode().put("port", port);
    ready.put("contextLength", facts.contextLength());
    ready.put("trainedContext", facts.trainedContext());
    ready.put("slots", facts.slots()).put("embeddingLength", facts.embeddingLength());
    ready.put("architecture", facts.architecture()).put("weightBytes", facts.weightBytes());
    ArrayNode devices = ready.putArray("devices");
    for (Facts.Device device : facts.devices()) {
      ObjectNode entry = devices.addObject().put("name", device.name());
      entry.put("description", device.description()).put("memoryBytes", device.totalBytes());
      entry.put("freeBytes", device.freeBytes());
    }
    ready.put("natives", facts.natives()).put("libraryVersion", facts.libraryVersion());
    return ready.toString();
  }
}
