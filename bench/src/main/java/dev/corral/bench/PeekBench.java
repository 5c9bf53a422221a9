package dev.corral.bench;

import dev.corral.dialect.Call;
import dev.corral.dialect.Peek;
import dev.corral.dialect.Peeked;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// The look at a request's body.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class PeekBench {
  @Param({"230", "9000"})
  int bytes;

  private byte[] body = {};

  @Setup
  public void write() {
    String start =
        "{\"model\":\"llama3.2:1b\",\"stream\":false,\"messages\":[{\"role\":\"user\",\"content\":\"";
    String end = "\"}],\"temperature\":0.2}";
    body = Pipe.ascii(start + "a".repeat(bytes - start.length() - end.length()) + end);
  }

  @Benchmark
  public Peeked look() {
    return Peek.at(Call.V1_CHAT, body);
  }
}
