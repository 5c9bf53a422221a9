package dev.corral.runner.http;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.corral.runner.Main;
import dev.corral.runner.TinyModels;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Starts our runner as whoever owns one does: a JVM with little memory, the key on its input.
public record Runner(Path natives, Path folder) {
  /// The model's file, unpacked once.
  public Path unpacked(String model) {
    Path file = folder.resolve(model + ".gguf");
    return Files.exists(file) ? file : TinyModels.unpack(model, folder);
  }

  /// A runner that has said that it is ready.
  public Child start(Path model, List<String> flags) {
    Child child = spawn(model, flags);
    String ready = child.awaitLine(line -> line.startsWith("{"));
    try {
      return child.at(new JsonMapper().readTree(ready).path("port").asInt());
    } catch (IOException noJson) {
      throw new UncheckedIOException(ready, noJson);
    }
  }

  /// A runner that may never come to be ready.
  public Child spawn(Path model, List<String> flags) {
    return spawn(model, flags, "{\"key\": \"" + Child.KEY + "\"}");
  }

  public Child spawn(Path model, List<String> flags, String firstLine) {
    List<String> arguments = new ArrayList<>(List.of("--model", model.toString()));
    arguments.addAll(List.of("--natives", natives.toString(), "--threads", "1"));
    arguments.addAll(flags);
    return Child.start(Map.of(), java(Main.class, arguments), firstLine);
  }

  /// The command line that runs a class of this class path.
  public static List<String> java(Class<?> main, List<String> arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms8m",
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-CreateCoredumpOnCrash",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
    command.addAll(arguments);
    return command;
  }
}
