package dev.corral.runner;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.corral.runner.engine.Engine;
import dev.corral.runner.engine.Facts;
import dev.corral.runner.engine.ModelRefused;
import dev.corral.runner.http.Routes;
import dev.corral.runner.http.Server;
import dev.corral.runner.llama.CoreDumps;
import dev.corral.runner.llama.Natives;
import dev.corral.runner.llama.NativesUnusable;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The process. Its first line of standard input is `{"key": "…"}`; when the model is loaded it
/// writes one line of JSON to standard output, with the port; everything else is on standard error.
/// It ends when standard input closes, whatever it is doing, so that it never outlives the one who
/// started it.
///
/// Exit codes: 0 standard input closed, or terminated; 2 the command line or the first line is
/// wrong; 3 the model or the libraries cannot be used; 4 there is no port to listen on; with the
/// reason as the last line of standard error; anything else is a crash.
public final class Main {
  private static final int ENDED = 0;
  private static final int WRONG_USAGE = 2;
  private static final int REFUSED = 3;
  private static final int NO_PORT = 4;

  /// A first line that is longer holds no key.
  private static final int LONGEST_LINE = 64 * 1024;

  private Main() {}

  public static void main(String[] args) {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> Runtime.getRuntime().halt(ENDED)));
    Natives.prepare();
    InputStream in = new BufferedInputStream(System.in);
    try {
      Arguments arguments = Arguments.parse(List.of(args));
      String key = key(in);
      CoreDumps.off();
      Thread.ofPlatform().daemon().name("parent").start(() -> haltWhenClosed(in));
      serve(arguments, key);
    } catch (Arguments.Wrong wrong) {
      System.err.println(Arguments.USAGE);
      end(WRONG_USAGE, wrong.getMessage());
    } catch (ModelRefused | NativesUnusable refused) {
      end(REFUSED, refused.getMessage());
    }
  }

  private static void serve(Arguments arguments, String key) throws ModelRefused, NativesUnusable {
    Engine.Loading loading = Engine.begin(arguments.settings(), new Progress());
    try {
      Server server = Server.bind(arguments.address());
      Engine engine = loading.await();
      server.open(key, new Routes(engine, arguments.model(), arguments.shift()));
      System.out.println(ready(server.port(), engine.facts()));
      System.out.flush();
    } catch (IOException taken) {
      end(
          NO_PORT,
          arguments.address().getPort() == 0
              ? "This machine has no free port left on " + arguments.address().getHostString()
              : "It cannot listen on " + arguments.address() + "; is the port taken?");
    }
  }

  private static String key(InputStream in) throws Arguments.Wrong {
    try (JsonParser line = new JsonFactory().createParser(firstLine(in))) {
      while (line.nextToken() != null) {
        boolean text = line.currentToken() == JsonToken.VALUE_STRING;
        if (text && "key".equals(line.currentName()) && !line.getText().isEmpty()) {
          return line.getText();
        }
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

  private static void end(int code, @Nullable String reason) {
    System.err.println(reason);
    System.err.flush();
    Runtime.getRuntime().halt(code);
  }

  /// The one line of standard output. Written without a tree, which would cost the start a tenth of
  /// a second.
  private static String ready(int port, Facts facts) {
    StringWriter line = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(line)) {
      json.writeStartObject();
      json.writeNumberField("port", port);
      json.writeNumberField("contextLength", facts.contextLength());
      json.writeNumberField("trainedContext", facts.trainedContext());
      json.writeNumberField("slots", facts.slots());
      json.writeNumberField("embeddingLength", facts.embeddingLength());
      json.writeStringField("architecture", facts.architecture());
      json.writeNumberField("weightBytes", facts.weightBytes());
      json.writeArrayFieldStart("devices");
      for (Facts.Device device : facts.devices()) {
        json.writeStartObject();
        json.writeStringField("name", device.name());
        json.writeStringField("description", device.description());
        json.writeNumberField("memoryBytes", device.totalBytes());
        json.writeNumberField("freeBytes", device.freeBytes());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeStringField("natives", facts.natives());
      json.writeStringField("libraryVersion", facts.libraryVersion());
      json.writeEndObject();
    } catch (IOException impossible) {
      throw new UncheckedIOException("Text in memory can be written", impossible);
    }
    return line.toString();
  }
}
