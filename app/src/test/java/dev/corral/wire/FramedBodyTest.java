package dev.corral.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FramedBodyTest {
  private static InputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(US_ASCII));
  }

  private static String chunked(String text) throws IOException {
    InputStream in = stream(text);
    FramedBody.Lines lines =
        new FramedBody.Lines() {
          @Override
          public String next() throws IOException {
            StringBuilder line = new StringBuilder();
            for (int c = in.read(); c != '\n' && c >= 0; c = in.read()) {
              line.append((char) c);
            }
            return line.toString();
          }

          @Override
          public IOException noHttp() {
            return new ProtocolException("no HTTP");
          }
        };
    return new String(FramedBody.chunked(in, lines).readAllBytes(), US_ASCII);
  }

  @Test
  void soManyBytesAreReadAndNotOneOfTheNextAnswer() throws IOException {
    InputStream in = stream("heneggs");
    assertThat(FramedBody.exactly(in, 3).readAllBytes()).isEqualTo("hen".getBytes(US_ASCII));
    assertThat(in.readAllBytes()).isEqualTo("eggs".getBytes(US_ASCII));
  }

  @Test
  void chunksAreOneBodyWhateverTheirExtensionsSay() throws IOException {
    assertThat(chunked("3\nhen\nB;kind=long\n and so on\n\n0\n")).isEqualTo("hen and so on\n");
    assertThat(chunked("0\n")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"+3\nhen\n0\n", "-1\n", "0x3\nhen\n0\n", "\n", "3\nhens\n0\n", "g\n"})
  void aSizeThatIsNoneIsNoHttp(String text) {
    assertThatThrownBy(() -> chunked(text)).isInstanceOf(ProtocolException.class);
  }

  @Test
  void whatEndsBeforeItsEndIsNeverTakenForWhole() {
    assertThatThrownBy(() -> FramedBody.exactly(stream("he"), 3).readAllBytes())
        .isInstanceOf(EOFException.class);
    assertThatThrownBy(() -> chunked("5\nhen")).isInstanceOf(EOFException.class);
    assertThatThrownBy(() -> chunked("3\nhen\n")).isInstanceOf(IOException.class);
  }
}
