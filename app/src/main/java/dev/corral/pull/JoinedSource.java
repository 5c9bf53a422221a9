package dev.corral.pull;

import dev.corral.gguf.ByteSource;
import dev.corral.gguf.Gguf;
import dev.corral.gguf.GgufReader;
import dev.corral.gguf.ReadSettings;
import dev.corral.gguf.Reading;
import dev.corral.gguf.Splice;
import dev.corral.hub.Answered;
import dev.corral.hub.Choice;
import dev.corral.hub.HubFile;
import dev.corral.hub.Hubs;
import dev.corral.model.Layer;
import dev.corral.model.ModelName;
import dev.corral.outbound.Leash;
import dev.corral.registry.Ranged;
import dev.corral.registry.Trouble;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A file that was joined here of a set of parts, as if the Hub had it: each range is fetched from
/// the parts that it lies in. What [Joining] makes, byte for byte.
final class JoinedSource implements Source {
  private final ModelName name;
  private final Hubs hubs;
  private final Leash leash;
  private final List<Stretch> stretches = new ArrayList<>();

  /// Where the next stretch begins in the joined file.
  private long end;

  private JoinedSource(ModelName name, Hubs hubs, Leash leash) {
    this.name = name;
    this.hubs = hubs;
    this.leash = leash;
  }

  /// Bytes of the joined file that lie together somewhere.
  sealed interface Stretch {
    /// Offset of the first in the joined file.
    long from();

    /// Behind the last.
    long to();

    /// What no part has as it is: the header, and what pads the last tensor of a part.
    record Own(long from, ByteBuffer bytes) implements Stretch {
      @Override
      public long to() {
        return from + bytes.limit();
      }
    }

    /// @param at offset of the first in its file
    record Far(long from, long to, HubFile file, long at) implements Stretch {}
  }

  /// Asks what the parts consist of; blocks.
  ///
  /// @param joined the layer of the file that was made of them
  static Answered<JoinedSource> of(ModelName name, Layer joined, Hubs hubs, Stop stop) {
    Answered<Choice> now =
        stop.unlessAsked(() -> hubs.choice(name), new Answered.Not<>(HubFiles.STOPPED));
    return now.then(choice -> {
      if (!origin(name, choice).equals(Optional.of(joined.from()))) {
        return otherwise(name);
      }
      JoinedSource source = new JoinedSource(name, hubs, stop.leash());
      try {
        source.stretch(choice.files());
      } catch (NotGiven e) {
        return new Answered.Not<>(e.trouble);
      } catch (IOException e) {
        return new Answered.Not<>(
            new Trouble(
                Trouble.Kind.AWAY, "the connection for a header broke off", "Try again later."));
      }
      return source.end == joined.size() ? new Answered.Got<>(source) : otherwise(name);
    });
  }

  private static Optional<String> origin(ModelName name, Choice choice) {
    boolean known =
        choice.whole() && choice.files().stream().allMatch(file -> file.digest().isPresent());
    return known
        ? Optional.of(HubFiles.origin(HubFiles.repository(name), HubFiles.parts(choice)))
        : Optional.empty();
  }

  private static Answered<JoinedSource> otherwise(ModelName name) {
    String model = name.shortName();
    return new Answered.Not<>(
        new Trouble(
            Trouble.Kind.MISSING,
            "the repository has no longer the files of which '" + model + "' was joined here",
            "Fetch what it has now: corral rm " + model + " --now, then corral pull " + model));
  }

  /// The Hub gave no range, and said why.
  private static final class NotGiven extends IOException {
    private static final long serialVersionUID = 1;

    private final transient Trouble trouble;

    NotGiven(Trouble trouble) {
      super(trouble.text());
      this.trouble = trouble;
    }
  }

  private void stretch(List<HubFile> files) throws IOException {
    List<Gguf> headers = new ArrayList<>();
    for (HubFile file : files) {
      headers.add(header(file));
    }
    Gguf first = headers.getFirst();
    Gguf whole = first.with(headers.subList(1, headers.size()));
    byte[] raw = read(files.getFirst(), 0, Math.toIntExact(first.dataStart()));
    own(Splice.header(raw, whole));
    for (int i = 0; i < files.size(); i++) {
      long start = headers.get(i).dataStart();
      long padded = Splice.dataBytes(headers.get(i).tensors(), whole.alignment());
      long there = Math.min(padded, files.get(i).size() - start);
      stretches.add(new Stretch.Far(end, end + there, files.get(i), start));
      end += there;
      own(new byte[Math.toIntExact(padded - there)]);
    }
  }

  private void own(byte[] bytes) {
    stretches.add(new Stretch.Own(end, ByteBuffer.wrap(bytes)));
    end += bytes.length;
  }

  private Gguf header(HubFile file) throws IOException {
    ByteSource bytes =
        new ByteSource() {
          @Override
          public long length() {
            return file.size();
          }

          @Override
          public ByteBuffer read(long offset, int n) throws IOException {
            int wanted = (int) Math.min(n, file.size() - offset);
            return ByteBuffer.wrap(JoinedSource.this.read(file, offset, wanted));
          }
        };
    return switch (GgufReader.read(bytes, ReadSettings.forFit())) {
      case Reading.Exact(Gguf header) -> header;
      case Reading.Provisional _, Reading.Refused _ ->
          throw new IOException("the header of a part was not given");
    };
  }

  private byte[] read(HubFile file, long offset, int count) throws IOException {
    try (Ranged.Part part = open(file, offset, offset + count)) {
      part.bytes().skipNBytes(offset - part.from());
      byte[] bytes = part.bytes().readNBytes(count);
      if (bytes.length < count) {
        throw new IOException("it ended early");
      }
      return bytes;
    }
  }

  private Ranged.Part open(HubFile file, long from, long to) throws IOException {
    return switch (hubs.range(name, file, from, to - 1, leash)) {
      case Ranged.Part part -> part;
      case Trouble trouble -> throw new NotGiven(trouble);
    };
  }

  @Override
  public Ranged range(Layer layer, long first, long last) {
    JoinedStream stream = new JoinedStream(stretches, first, last + 1, this::open);
    try {
      stream.begin();
    } catch (NotGiven e) {
      return e.trouble;
    } catch (IOException e) {
      stream.close();
      return new Trouble(Trouble.Kind.AWAY, "the connection breaks off", "Try again later.");
    }
    return new Ranged.Part(stream, stream::close, first, false);
  }
}
