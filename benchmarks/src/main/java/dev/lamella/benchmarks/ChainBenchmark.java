package dev.lamella.benchmarks;

import dev.lamella.core.Slicing;
import dev.lamella.core.chain.ChainEngine;
import dev.lamella.core.chain.ChainHash;
import dev.lamella.core.chain.ChainState;
import dev.lamella.core.chain.Link;
import dev.lamella.core.chain.LinkCheck;
import dev.lamella.core.chain.Verdict;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Random;
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

/**
 * One shard through each engine, against the JDK's MessageDigest over the same bytes. The target: a
 * link check of 8 MiB with the native engine in at most 1.15 times the MessageDigest's time.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 2, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ChainBenchmark {
  /** Who hashes. */
  public enum Hasher {
    MESSAGE_DIGEST,
    NATIVE,
    PLAIN
  }

  @Param({"65536", "1048576", "8388608"})
  public int bytes;

  @Param public Hasher hasher = Hasher.MESSAGE_DIGEST;

  private byte[] shard = {};
  private Task task = () -> 0;

  /** What one call measures; returns something that depends on all of it. */
  private interface Task {
    Object run() throws DigestException;
  }

  @Setup
  public void setUp() throws NoSuchAlgorithmException {
    shard = new byte[bytes];
    new Random(1).nextBytes(shard);
    task =
        switch (hasher) {
          case MESSAGE_DIGEST -> messageDigest();
          case NATIVE -> linkCheck(ChainEngine.nativeEngine().orElseThrow());
          case PLAIN -> linkCheck(ChainEngine.plain());
        };
  }

  @Benchmark
  public Object linkCheck() throws DigestException {
    return task.run();
  }

  private Task messageDigest() throws NoSuchAlgorithmException {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    byte[] hash = new byte[ChainState.LENGTH];
    return () -> {
      digest.update(shard);
      return digest.digest(hash, 0, hash.length);
    };
  }

  /**
   * The second shard of three: neither its state before is the first, nor its state after the
   * digest.
   */
  private Task linkCheck(ChainEngine engine) {
    ChainHash hash = engine.start();
    hash.update(shard, 0, bytes);
    ChainState before = hash.state();
    hash.update(shard, 0, bytes);
    Link link = new Link(before, hash.state());
    Slicing slicing = new Slicing(3L * bytes, bytes);
    return () -> {
      LinkCheck check = new LinkCheck(engine, slicing, 1, link);
      check.update(shard, 0, bytes);
      if (!(check.finish() instanceof Verdict.Proven proven)) {
        throw new IllegalStateException("A right link was not proven");
      }
      return proven;
    };
  }

  /** What a link costs besides its bytes. */
  @State(Scope.Benchmark)
  @BenchmarkMode(Mode.AverageTime)
  @OutputTimeUnit(TimeUnit.NANOSECONDS)
  @Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
  @Warmup(iterations = 3, time = 1)
  @Measurement(iterations = 5, time = 1)
  public static class Resume {
    private final byte[] block = new byte[ChainHash.BLOCK];

    @Benchmark
    public ChainState resumeAndExport() {
      ChainHash hash = ChainEngine.best().resume(ChainState.INITIAL, ChainHash.BLOCK);
      hash.update(block, 0, block.length);
      return hash.state();
    }
  }
}
