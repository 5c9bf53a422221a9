package dev.corral.pull;

import dev.corral.blobs.Marks;
import dev.corral.blobs.Partial;
import dev.corral.blobs.StoreFailure;
import dev.corral.blobs.StoredModel;
import dev.corral.gguf.ByteSource;
import dev.corral.gguf.Gguf;
import dev.corral.gguf.GgufReader;
import dev.corral.gguf.ReadSettings;
import dev.corral.gguf.Reading;
import dev.corral.gguf.Splice;
import dev.corral.gguf.Tensor;
import dev.corral.hub.Answered;
import dev.corral.hub.Depth;
import dev.corral.hub.Header;
import dev.corral.hub.HubFile;
import dev.corral.model.Digest;
import dev.corral.model.Layer;
import dev.corral.pull.Fetcher.Share;
import dev.corral.pull.Work.End;
import dev.corral.registry.Trouble;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Makes one file of a set of parts while they come: each part is fetched, verified, added to the
/// joined file and given up, so that the disk needs room for the model and one part. A kill costs
/// at most the part that was being added.
final class Joining {
  private static final String NOTE = "corral-joined 1 ";
  private static final int BUFFER = 1 << 20;

  private final HubFiles model;
  private final Fetcher fetcher;
  private final List<HubFile> files;
  private final List<Layer> parts;
  private final String origin;

  /// The tensors of all parts; null where the joined file has them already.
  private @Nullable Gguf all;

  Joining(HubFiles model, List<HubFile> files, List<Layer> parts) {
    this.model = model;
    this.fetcher = model.fetcher();
    this.files = files;
    this.parts = parts;
    this.origin = HubFiles.origin(model.repository(), parts);
  }

  /// How far the joined file is.
  ///
  /// @param parts that are in it
  /// @param tensors of these
  private record Progress(int parts, int tensors) {
    byte[] note() {
      return (NOTE + parts + " " + tensors).getBytes(StandardCharsets.US_ASCII);
    }

    static Progress of(byte[] note) {
      String text = new String(note, StandardCharsets.US_ASCII);
      if (!text.matches(NOTE + "\\d{1,3} \\d{1,7}")) {
        return new Progress(0, 0);
      }
      String[] numbers = text.substring(NOTE.length()).split(" ", 2);
      return new Progress(Integer.parseInt(numbers[0]), Integer.parseInt(numbers[1]));
    }
  }

  /// Something is wrong with the parts, in words.
  static final class Unfit extends Exception {
    private static final long serialVersionUID = 1;

    private final String text;

    Unfit(String text) {
      super(text);
      this.text = text;
    }
  }

  End work() throws StoreFailure {
    Optional<Layer> before = joinedBefore();
    if (before.isPresent()) {
      Share share = fetcher.share(before.get());
      model.run().begin(model.with(Map.of(before.get().digest(), share)), 0);
      return model.publish(before.get());
    }
    Digest key = Digest.of(origin.getBytes(StandardCharsets.UTF_8));
    boolean begun = false;
    try (Partial joined = fetcher.store().partial(key)) {
      Progress progress = Progress.of(joined.note());
      begun = progress.parts() > 0;
      try {
        return work(joined, progress);
      } catch (Unfit e) {
        joined.discard();
        throw e;
      }
    } catch (Unfit e) {
      // What an earlier run left may be what does not fit: once all is made of what comes now.
      return begun
          ? new Joining(model, files, parts).work()
          : HubFiles.refused(e.text, "Choose another quantization, or tell its owner.");
    } catch (IOException e) {
      throw new UncheckedIOException("a partial could not be closed", e);
    }
  }

  private End work(Partial joined, Progress progress) throws StoreFailure, IOException, Unfit {
    if (progress.parts() == 0) {
      switch (headers()) {
        case Answered.Not<Header>(Trouble trouble) -> {
          return fetcher.stop().asked() ? new End.Stopped() : Fetcher.failed(trouble);
        }
        case Answered.Got<Header>(Header header) -> all = header.gguf();
      }
    }
    List<Share> shares = shares(progress);
    long largest = parts.stream().mapToLong(Layer::size).max().orElse(0);
    model.run().begin(model.with(byDigest(shares)), progress.parts() < parts.size() ? largest : 0);
    for (int i = progress.parts(); i < parts.size(); i++) {
      End end = part(joined, i, shares.get(i));
      if (!(end instanceof End.Done)) {
        return end;
      }
    }
    // Before the joined file leaves its partial: without a manifest nobody would know it again.
    End end = model.accompanied();
    return end instanceof End.Done ? finish(joined) : end;
  }

  /// The headers of all parts, which tell where each belongs.
  private Answered<Header> headers() {
    Answered<Header> answered = header();
    while (answered instanceof Answered.Not<Header>(Trouble trouble)
        && trouble.passing()
        && fetcher.backoff().failed(trouble)
        && fetcher.backoff().awaitTurn(fetcher.stop())) {
      answered = header();
    }
    return answered;
  }

  private Answered<Header> header() {
    return fetcher
        .stop()
        .unlessAsked(
            () -> model.hubs().headers().of(model.name(), Depth.EXACT),
            new Answered.Not<>(HubFiles.STOPPED));
  }

  /// The file that an earlier pull made of the same parts.
  private Optional<Layer> joinedBefore() throws StoreFailure {
    return fetcher
        .store()
        .find(model.name())
        .filter(StoredModel::whole)
        .flatMap(StoredModel::weightsLayer)
        .filter(layer -> layer.from().equals(origin));
  }

  private static Map<Digest, Share> byDigest(List<Share> shares) {
    Map<Digest, Share> map = new LinkedHashMap<>();
    shares.forEach(share -> map.put(share.layer().digest(), share));
    return map;
  }

  private List<Share> shares(Progress progress) throws StoreFailure {
    List<Share> shares = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      Layer part = parts.get(i);
      Share share =
          i < progress.parts() ? new Share(part, new AtomicLong(part.size())) : fetcher.share(part);
      shares.add(share);
    }
    return shares;
  }

  private End part(Partial joined, int index, Share share) throws StoreFailure, IOException, Unfit {
    try (Partial part = fetcher.store().partial(parts.get(index).digest())) {
      BlobFetch.End end = fetcher.fetch(part, share, model.source(files.get(index)));
      switch (end) {
        case BlobFetch.End.Stopped _ -> {
          return new End.Stopped();
        }
        case BlobFetch.End.Failed failed -> {
          return Fetcher.failed(failed.trouble());
        }
        case BlobFetch.End.Whole _ -> {
          if (!add(joined, part, index)) {
            return new End.Stopped();
          }
          part.discard();
          return new End.Done();
        }
      }
    }
  }

  /// Adds a part that is whole.
  ///
  /// @return false where we were stopped before all of it was in
  private boolean add(Partial joined, Partial part, int index) throws StoreFailure, Unfit {
    Gguf header = header(part, parts.get(index).size(), files.get(index).name());
    if (index == 0) {
      begin(joined, part, header);
    }
    Gguf whole = header(joined, joined.length(), "the joined file");
    Progress progress = index == 0 ? new Progress(0, 0) : Progress.of(joined.note());
    int from = progress.tensors();
    int to = from + header.tensors().size();
    checkSame(header, whole, from, to, files.get(index).name());
    long bytes = Splice.dataBytes(header.tensors(), whole.alignment());
    long at =
        whole.dataStart() + Splice.dataBytes(whole.tensors().subList(0, from), whole.alignment());
    long count = Math.min(bytes, parts.get(index).size() - header.dataStart());
    boolean added = copy(part, header.dataStart(), count, joined, at, fetcher.stop()::asked);
    if (added) {
      joined.note(new Progress(index + 1, to).note());
    }
    return added;
  }

  /// Writes the header of the whole, and a last byte, so that the file has its size from now on.
  private void begin(Partial joined, Partial part, Gguf first) throws StoreFailure, Unfit {
    Gguf whole = all;
    if (whole == null || !whole.complete()) {
      throw new Unfit("a set of " + parts.size() + " parts is more than Corral joins");
    }
    byte[] raw = new byte[Math.toIntExact(first.dataStart())];
    ByteBuffer buffer = ByteBuffer.wrap(raw);
    while (buffer.hasRemaining()) {
      if (part.read(buffer, buffer.position()) < 0) {
        throw new Unfit("the first part ends in its header");
      }
    }
    byte[] header = Splice.header(raw, whole);
    long size = header.length + Splice.dataBytes(whole.tensors(), whole.alignment());
    joined.write(ByteBuffer.wrap(header), 0);
    joined.write(ByteBuffer.allocate(1), size - 1);
  }

  private static void checkSame(Gguf part, Gguf whole, int from, int to, String file) throws Unfit {
    boolean same = to <= whole.tensors().size() && Splice.inOrder(part, whole.alignment());
    for (int i = from; same && i < to; i++) {
      Tensor one = part.tensors().get(i - from);
      Tensor other = whole.tensors().get(i);
      same =
          one.name().equals(other.name())
              && one.shape().equals(other.shape())
              && one.type() == other.type();
    }
    if (!same) {
      throw new Unfit("'" + file + "' does not follow the parts before it");
    }
  }

  private static Gguf header(Partial partial, long size, String what) throws Unfit {
    ByteSource bytes =
        new ByteSource() {
          @Override
          public long length() {
            return size;
          }

          @Override
          public ByteBuffer read(long offset, int wanted) throws IOException {
            ByteBuffer read = ByteBuffer.allocate(wanted);
            try {
              int count = 1;
              while (read.hasRemaining() && count > 0) {
                count = partial.read(read, offset + read.position());
              }
            } catch (StoreFailure e) {
              throw new IOException(e);
            }
            return read.flip();
          }
        };
    return switch (GgufReader.read(bytes, ReadSettings.forFit())) {
      case Reading.Exact(Gguf header) -> header;
      case Reading.Provisional _ -> throw new Unfit(what + " has no end to its header");
      case Reading.Refused no -> throw new Unfit(what + " is not taken: " + no.reason());
    };
  }

  /// @return false where we were stopped on the way
  static boolean copy(
      Partial from, long first, long count, Partial to, long at, BooleanSupplier stopped)
      throws StoreFailure, Unfit {
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
    long done = 0;
    while (done < count) {
      if (stopped.getAsBoolean()) {
        return false;
      }
      buffer.clear().limit((int) Math.min(BUFFER, count - done));
      int read = from.read(buffer, first + done);
      if (read <= 0) {
        throw new Unfit("a part ends in its data");
      }
      to.write(buffer.flip(), at + done);
      done += read;
    }
    return true;
  }

  /// All parts are in: the whole gets its digest, and its name.
  private End finish(Partial joined) throws StoreFailure, Unfit {
    Gguf whole = header(joined, joined.length(), "the joined file");
    long size = whole.dataStart() + Splice.dataBytes(whole.tensors(), whole.alignment());
    MessageDigest hash = Digest.sha256();
    Marks.Making marks = new Marks.Making();
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
    long at = 0;
    while (at < size) {
      if (fetcher.stop().asked()) {
        return new End.Stopped();
      }
      buffer.clear().limit((int) Math.min(BUFFER, size - at));
      int read = joined.read(buffer, at);
      if (read <= 0) {
        throw new Unfit("the joined file ends in its data");
      }
      at += read;
      marks.update(buffer.flip());
      hash.update(buffer);
    }
    Digest digest = Digest.of(hash);
    joined.commitAs(digest, marks.end());
    return model.publish(new Layer(Layer.MODEL, digest, size, origin, ""));
  }
}
