package dev.corral.pull;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.model.Digest;
import dev.corral.model.Layer;
import dev.corral.model.Manifest;
import dev.corral.ollama.PullLine;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What a node tells of its blobs, counted.
class NodeSharesTest {
  private static final Digest LARGE = Digest.of(new byte[] {1});
  private static final Digest SMALL = Digest.of(new byte[] {2});
  private static final Layer CONFIG = new Layer(Layer.CONFIG, Digest.of(new byte[] {3}), 5);

  private final NodeShares shares = new NodeShares();

  private static Manifest manifest(Digest weights, long size) {
    return new Manifest(CONFIG, List.of(new Layer(Layer.MODEL, weights, size)));
  }

  private NodeShares.News told(Digest blob, long done, long total) {
    return shares.take(new PullLine("pulling", Optional.of(blob), total, done, ""));
  }

  @Test
  void everyByteOfAnotherVersionIsNewHoweverSmallItIs() {
    shares.expect(manifest(LARGE, 1000));
    assertThat(told(LARGE, 900, 1000)).isEqualTo(NodeShares.News.NEW);
    shares.expect(manifest(SMALL, 100));
    shares.anew();
    assertThat(told(SMALL, 10, 100)).isEqualTo(NodeShares.News.NEW);
  }

  @Test
  void whatAnEarlierTryHadIsNotNewOnlyBecauseTheRegistryWasAskedAgain() {
    shares.expect(manifest(LARGE, 1000));
    assertThat(told(LARGE, 900, 1000)).isEqualTo(NodeShares.News.NEW);
    shares.expect(manifest(LARGE, 1000));
    shares.anew();
    assertThat(told(LARGE, 800, 1000)).isEqualTo(NodeShares.News.MORE);
  }
}
