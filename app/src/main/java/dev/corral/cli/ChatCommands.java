package dev.corral.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jline.reader.LineReader;
import org.jline.terminal.Terminal;

/// The commands with a slash, as Ollama has them.
final class ChatCommands {
  /// For completion with Tab.
  static final List<String> WORDS =
      List.of("/set", "/show", "/load", "/save", "/clear", "/bye", "/help", "/?");

  private static final String HELP =
      """
      Available Commands:
        /set            Set session variables
        /show           Show model information
        /load MODEL     Go on with another model
        /save MODEL     Keep this conversation as a model
        /clear          Forget what was said
        /bye            Exit
        /?, /help       This help
        /? shortcuts    Keyboard shortcuts

      Use \""" to begin a multi-line message. A model that sees takes ./FILE.png along.
      """;

  private static final String SHORTCUTS =
      """
        Ctrl + a            Move to the beginning of the line
        Ctrl + e            Move to the end of the line
        Alt + b, Alt + f    Move back or forward by a word
        Ctrl + k, Ctrl + u  Delete behind or before the cursor
        Ctrl + w            Delete the word before the cursor
        Ctrl + r            Search in the history
        Ctrl + l            Clear the screen
        Ctrl + c            Stop the answer
        Ctrl + d            Exit
      """;

  private static final String SETTINGS =
      """
      Available Commands:
        /set parameter NAME VALUE  Set a parameter, for example: temperature 0.2
        /set system TEXT           Set the system prompt
        /set think [LEVEL]         Think before answering; /set nothink does not
        /set format json           Answer in JSON; /set noformat does not
        /set verbose               Tell timings; /set quiet does not
        /set history               Keep a history; /set nohistory does not
        /set wordwrap              Break lines between words; /set nowordwrap does not
      """;

  private static final String SHOWS =
      """
      Available Commands:
        /show info        Overview of this model
        /show modelfile   Its Modelfile
        /show parameters  Its parameters, and those set here
        /show system      Its system prompt
        /show template    Its template
        /show license     Its license
      """;

  private final List<String> words;
  private final ChatState state;
  private final Terminal terminal;
  private final LineReader reader;

  private ChatCommands(List<String> words, ChatState state, Terminal terminal, LineReader reader) {
    this.words = words;
    this.state = state;
    this.terminal = terminal;
    this.reader = reader;
  }

  /// Does what the line says.
  ///
  /// @return false where the conversation is over
  static boolean execute(String line, ChatState state, Terminal terminal, LineReader reader) {
    List<String> words = new ArrayList<>(Arrays.asList(line.strip().split("\\s+")));
    return new ChatCommands(words, state, terminal, reader).execute();
  }

  private boolean execute() {
    switch (words.getFirst()) {
      case "/bye", "/exit" -> {
        return false;
      }
      case "/?", "/help" -> help();
      case "/clear" -> {
        state.clear();
        say("Cleared session context");
      }
      case "/set" -> set();
      case "/show" -> show();
      case "/load" -> load();
      case "/save" -> save();
      default -> say("Unknown command '" + words.getFirst() + "'. Type /? for help");
    }
    return true;
  }

  private void help() {
    say(
        switch (word(1)) {
          case "set", "/set" -> SETTINGS;
          case "show", "/show" -> SHOWS;
          case "shortcut", "shortcuts" -> SHORTCUTS;
          default -> HELP;
        });
  }

  private void set() {
    Run run = state.run();
    switch (word(1)) {
      case "parameter" -> parameter();
      case "system" -> {
        system();
      }
      case "think" -> {
        run.think = word(2).isEmpty() ? "true" : word(2);
        say("Set 'think' mode.");
      }
      case "nothink" -> {
        run.think = "false";
        say("Set 'nothink' mode.");
      }
      case "format" -> {
        if (word(2).equals("json")) {
          run.format = "json";
          say("Set format to 'json' mode.");
        } else {
          say("Write it as: /set format json");
        }
      }
      case "noformat" -> {
        run.format = "";
        say("Disabled format.");
      }
      case "verbose" -> {
        run.verbose = true;
        say("Set 'verbose' mode.");
      }
      case "quiet" -> {
        run.verbose = false;
        say("Set 'quiet' mode.");
      }
      case "wordwrap" -> {
        run.noWordWrap = false;
        say("Set 'wordwrap' mode.");
      }
      case "nowordwrap" -> {
        run.noWordWrap = true;
        say("Set 'nowordwrap' mode.");
      }
      case "history" -> reader.setVariable(LineReader.DISABLE_HISTORY, false);
      case "nohistory" -> reader.setVariable(LineReader.DISABLE_HISTORY, true);
      case "" -> say(SETTINGS);
      default -> say("Unknown command '/set " + word(1) + "'. Type /? for help");
    }
  }

  private void system() {
    String text = rest(2);
    if (text.isEmpty()) {
      say(SETTINGS);
      return;
    }
    state.system(text.startsWith(Chat.FENCE) ? Chat.fenced(text, reader) : unquoted(text));
    say("Set system message.");
  }

  private void parameter() {
    if (words.size() < 4) {
      say("Write it as: /set parameter NAME VALUE, for example: /set parameter temperature 0.2");
      return;
    }
    boolean list = word(2).equals("stop");
    Object value = list ? words.subList(3, words.size()) : Create.value(rest(3));
    state.options().put(word(2), value);
    say("Set parameter '" + word(2) + "' to '" + rest(3) + "'");
  }

  private void show() {
    JsonNode told = state.told();
    switch (word(1)) {
      case "info" -> Show.overview(told, false).forEach(this::say);
      case "modelfile", "template", "license" -> told(told.path(word(1)).asText(""));
      case "system" -> told(state.system());
      case "parameters" -> {
        told(told.path("parameters").asText(""));
        state.options().forEach((name, value) -> say(name + " " + value + "  (set here)"));
      }
      case "" -> say(SHOWS);
      default -> say("Unknown command '/show " + word(1) + "'. Type /? for help");
    }
  }

  private void told(String text) {
    say(text.isEmpty() ? "The model has none." : text);
  }

  private void load() {
    if (word(1).isEmpty()) {
      say("Write it as: /load MODEL");
      return;
    }
    Server server = state.run().server();
    JsonNode told = ModelVerbs.found(word(1), () -> server.post("/api/show", Show.named(word(1))));
    state.load(word(1), told);
    say("Going on with '" + word(1) + "'");
  }

  private void save() {
    if (word(1).isEmpty()) {
      say("Write it as: /save MODEL");
      return;
    }
    Map<String, Object> ask = state.saved(word(1));
    ask.put("stream", false);
    state.run().server().post("/api/create", ask);
    say("Created new model '" + word(1) + "'");
  }

  private String word(int at) {
    return at < words.size() ? words.get(at) : "";
  }

  private String rest(int from) {
    return String.join(" ", words.subList(Math.min(from, words.size()), words.size()));
  }

  private static String unquoted(String text) {
    return text.replaceAll("^\"+|\"+$", "");
  }

  private void say(String text) {
    terminal.writer().println(text.stripTrailing());
    terminal.flush();
  }
}
