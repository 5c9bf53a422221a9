package dev.corral.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.reader.impl.completer.StringsCompleter;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/// A conversation on a terminal: history, several lines between `"""`, commands with a slash.
/// Ctrl-C stops the answer and not the program; Ctrl-D leaves.
final class Chat {
  private static final String PROMPT = ">>> ";
  private static final String MORE = "... ";
  static final String FENCE = "\"\"\"";

  private final Run run;
  private final ChatState state;
  private volatile boolean stopped;

  /// @param told what `/api/show` says of the model
  Chat(Run run, JsonNode told) {
    this.run = run;
    this.state = new ChatState(run, told);
  }

  void talk() {
    try (Terminal terminal = TerminalBuilder.builder().system(true).dumb(true).build()) {
      talk(terminal);
    } catch (IOException e) {
      throw new Failure(
          Exit.FAILED,
          "this terminal cannot be used: " + Answers.words(e),
          "Ask without one: corral run " + run.model + " \"your question\"");
    }
  }

  void talk(Terminal terminal) {
    terminal.handle(
        Terminal.Signal.INT,
        _ -> {
          stopped = true;
          run.server().hangUp();
        });
    LineReader reader = reader(terminal);
    load(terminal);
    while (true) {
      try {
        String said = read(reader);
        if (said.startsWith("/") && !(state.attends() && Attached.beginsWithFile(said))) {
          if (!ChatCommands.execute(said, state, terminal, reader)) {
            return;
          }
        } else if (!said.isBlank()) {
          answer(said, terminal);
        }
      } catch (UserInterruptException e) {
        say(terminal, "\nUse Ctrl + d or /bye to exit.\n");
      } catch (EndOfFileException e) {
        say(terminal, "\n");
        return;
      } catch (Failure failure) {
        say(terminal, "Error: " + failure.text() + "\n");
        if (!failure.next().isEmpty()) {
          say(terminal, failure.next() + "\n");
        }
      }
    }
  }

  private LineReader reader(Terminal terminal) {
    DefaultParser plain = new DefaultParser();
    plain.setQuoteChars(new char[0]);
    plain.setEscapeChars(new char[0]);
    LineReaderBuilder builder =
        LineReaderBuilder.builder()
            .terminal(terminal)
            .appName("corral")
            .parser(plain)
            .completer(new StringsCompleter(ChatCommands.WORDS))
            .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
            .option(LineReader.Option.HISTORY_IGNORE_SPACE, false);
    Path home = run.root().home();
    boolean wanted = run.root().surroundings().variable("OLLAMA_NOHISTORY").isEmpty();
    if (wanted && Files.isDirectory(home)) {
      builder.variable(LineReader.HISTORY_FILE, home.resolve("history"));
    }
    return builder.build();
  }

  /// One message: a line, or what stands between two fences.
  private static String read(LineReader reader) {
    String line = reader.readLine(PROMPT);
    return line.startsWith(FENCE) ? fenced(line, reader) : line.strip();
  }

  /// What stands between two fences, with the lines that it takes to come to the second.
  ///
  /// @param begun begins with the first fence
  static String fenced(String begun, LineReader reader) {
    StringBuilder text = new StringBuilder(begun.substring(FENCE.length()));
    while (text.indexOf(FENCE) < 0) {
      text.append('\n').append(reader.readLine(MORE));
    }
    return text.substring(0, text.indexOf(FENCE)).strip();
  }

  /// Has the model loaded before the first question, so that its answer comes at once.
  private void load(Terminal terminal) {
    boolean shown = run.screen().errTerminal() && !run.root().quiet;
    if (shown) {
      say(terminal, run.screen().dim("loading " + state.model() + " …"));
    }
    try {
      Map<String, Object> ask = run.options();
      ask.remove("format");
      ask.remove("think");
      ask.put("stream", false);
      run.server().post("/api/generate", ask);
    } catch (Failure failure) {
      if (!stopped) {
        throw failure;
      }
    } finally {
      if (shown) {
        say(terminal, "\r\u001b[K");
      }
    }
  }

  private void answer(String said, Terminal terminal) {
    Attached question = state.attends() ? Attached.read(said) : Attached.none(said);
    question.told().forEach(line -> say(terminal, line + "\n"));
    state.ask(question);
    Map<String, Object> ask = new LinkedHashMap<>(state.question());
    Answer answer =
        new Answer(
            run.screen(),
            words -> say(terminal, words),
            run.showsThinking(),
            () -> run.columns(terminal.getWidth()));
    stopped = false;
    try {
      run.server().stream("/api/chat", ask, answer);
      run.requireWhole(answer);
    } catch (Failure failure) {
      if (!stopped) {
        state.forgetLast();
        say(terminal, "\n");
        throw failure;
      }
    }
    say(terminal, "\n\n");
    if (answer.text().isEmpty()) {
      state.forgetLast();
    } else {
      state.add("assistant", answer.text());
    }
    if (run.verbose) {
      answer.timings().forEach(line -> say(terminal, line + "\n"));
    }
  }

  private static void say(Terminal terminal, String words) {
    terminal.writer().print(words);
    terminal.flush();
  }
}
