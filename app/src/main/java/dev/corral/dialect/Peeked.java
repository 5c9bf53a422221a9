package dev.corral.dialect;

import org.jspecify.annotations.Nullable;

/// What a look at a request's body told.
public sealed interface Peeked {

  /// Not to be forwarded: answer 400 with this text, which is what Ollama would say (an empty body
  /// and a value of the wrong type included), or ours where a key appears twice.
  record Bad(String text) implements Peeked {}

  /// Valid JSON, and each watched key at most once.
  ///
  /// @param stream null where the request does not say
  /// @param keepAliveZero true where the request asks to unload at once
  /// @param length of the whole body in bytes
  /// @param openAt where a new first member may be written: behind the opening brace; -1 where the
  ///   body is `null`
  /// @param members true where the object has any member
  record Body(
      Call call,
      Field model,
      Field name,
      Field source,
      Field destination,
      Field from,
      @Nullable Boolean stream,
      boolean keepAliveZero,
      long length,
      long openAt,
      boolean members)
      implements Peeked {

    /// True where the answer is to be streamed, by what the request says or the call's default.
    public boolean streamed() {
      return stream == null ? call.streamsByDefault() : stream;
    }

    /// The key under which Ollama finds the model that this call is about.
    public Key targetKey() {
      if (call == Call.COPY) {
        return Key.SOURCE;
      }
      return model.orEmpty().isEmpty() && !name.orEmpty().isEmpty() ? Key.NAME : Key.MODEL;
    }

    /// The model that this call is about; empty where none is named.
    public String target() {
      return field(targetKey()).orEmpty();
    }

    /// How to make this body name another model.
    public Splice retarget(String other) {
      return put(targetKey(), other);
    }

    /// How to make this body say `value` under `key`, whether the key is there or not.
    public Splice put(Key key, String value) {
      String literal = GoJson.quoted(value);
      return switch (field(key)) {
        case Field.Text text -> Splice.of(text.offset(), text.length(), literal);
        case Field.Null none -> Splice.of(none.offset(), "null".length(), literal);
        case Field.Absent _ -> {
          String member = '"' + key.word() + "\":" + literal;
          yield openAt < 0
              ? Splice.of(0, length, '{' + member + '}')
              : Splice.of(openAt, 0, members ? member + ',' : member);
        }
      };
    }

    private Field field(Key key) {
      return switch (key) {
        case MODEL -> model;
        case NAME -> name;
        case SOURCE -> source;
        case DESTINATION -> destination;
        case FROM -> from;
        case STREAM, KEEP_ALIVE -> throw new IllegalArgumentException(key + " is no name");
      };
    }
  }
}
