package dev.lamella.local.demo;

import dev.lamella.core.Parallel;
import dev.lamella.core.Reference.Tag;
import dev.lamella.core.RepositoryName;
import dev.lamella.embedded.Shaping;
import dev.lamella.host.HostCommand;
import dev.lamella.host.image.ImageName;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.LocalFile;
import dev.lamella.host.progress.Progress;
import dev.lamella.host.pull.Pull;
import dev.lamella.host.pull.PullOptions;
import dev.lamella.host.pull.PullReport;
import dev.lamella.host.push.Push;
import dev.lamella.host.push.PushReport;
import dev.lamella.host.push.UploadNotes;
import dev.lamella.host.source.Source;
import dev.lamella.host.source.SourceImage;
import dev.lamella.host.store.Retries;
import dev.lamella.host.store.StoreClient;
import dev.lamella.local.LocalStack;
import dev.lamella.local.LocalStackOptions;
import dev.lamella.local.Up;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * The main job on a machine that has nothing but Java: a real image in, and bit for bit out again.
 */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    header = "Shows the main job: a real image into a store of its own, and out again bit for bit.",
    description = {
      "",
      "Makes the image from what this machine has, compares every digest, and leaves nothing"
          + " behind."
    })
public final class Demo implements HostCommand, Callable<Integer> {
  private static final Tag TAG = new Tag("latest");
  private static final ImageName IMAGE = new ImageName(new RepositoryName("lamella/demo"), TAG);
  private static final ImageName NOISE = new ImageName(new RepositoryName("lamella/noise"), TAG);
  static final String SHARD_WRITER = "ShardWriterFunction";
  private static final int CONNECTIONS = 32;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--s3-bandwidth",
      defaultValue = "12000000",
      paramLabel = "BYTES",
      description =
          "Bytes a second of each S3 connection, as if S3 were far away (default:"
              + " ${DEFAULT-VALUE}); 0: no limit.")
  private long bandwidth;

  @Option(
      names = "--s3-latency",
      defaultValue = "20",
      paramLabel = "MS",
      description = "Milliseconds that each S3 request waits (default: ${DEFAULT-VALUE}).")
  private long latency;

  @Override
  public Integer call() throws IOException {
    if (spec == null) {
      throw new IllegalStateException("picocli runs this command");
    }
    PrintWriter out = spec.commandLine().getOut();
    Path work = makeWork();
    try {
      run(work, out);
      return ExitCode.OK.value();
    } catch (IOException e) {
      throw LocalFile.failure("work in", work, e);
    } catch (UncheckedIOException e) {
      throw LocalFile.failure("work in", work, Objects.requireNonNull(e.getCause()));
    } finally {
      delete(work);
    }
  }

  private static Path makeWork() {
    try {
      return Files.createTempDirectory("lamella-demo");
    } catch (IOException e) {
      throw LocalFile.failure("work in", Path.of(System.getProperty("java.io.tmpdir")), e);
    }
  }

  private void run(Path work, PrintWriter out) throws IOException {
    AtomicInteger shardWriters = new AtomicInteger();
    Shaping shaping = new Shaping(bandwidth, Duration.ofMillis(latency));
    LocalStackOptions options =
        LocalStackOptions.of(Up.findTemplate(), work.resolve("store"))
            .withShaping(shaping)
            .withInterceptor(
                (invocation, handler) -> {
                  if (invocation.function().equals(SHARD_WRITER)) {
                    shardWriters.incrementAndGet();
                  }
                  return handler.call();
                });
    say(out, "Starting a store: the functions of template.yaml, S3 and DynamoDB in this process");
    try (LocalStack stack = LocalStack.start(options)) {
      say(out, "It is up at " + stack.endpoint() + distance(shaping));
      StoreClient store = new StoreClient(stack.endpoint(), Retries.DEFAULT);
      Push pusher =
          new Push(store, new UploadNotes(work.resolve("notes")), Progress.NONE, CONNECTIONS);
      Pull puller =
          new Pull(store, Progress.NONE, new PullOptions(CONNECTIONS, Optional.empty(), false));
      Path archive = work.resolve("image.tar");
      try (Parallel.Lanes<Path> making = new Parallel.Lanes<>(1)) {
        say(out, "Making an image: this Java, the libraries, Lamella itself");
        making.start(() -> made(archive, work.resolve("jib")));
        say(
            out,
            "Warming the store up with an image of noise (on AWS, functions start from snapshots)");
        warmUp(pusher, puller, work);
        making.results();
      }
      shardWriters.set(0);
      SourceImage image = Source.open(archive).image(IMAGE, Optional.empty());
      say(out, "Pushing it as " + IMAGE);
      PushReport push = pusher.run(image, IMAGE.name(), TAG);
      say(out, "Pulling it into another directory");
      Path pulled = work.resolve("pulled");
      PullReport pull = puller.run(IMAGE, pulled);
      say(out, "Comparing every digest");
      int compared = Comparison.check(image, pulled);
      say(out, "Sending and getting the same bytes as a single stream, for comparison");
      SingleStream single = new SingleStream(stack);
      Duration put = single.put(archive);
      Duration get = single.get(Math.toIntExact(Files.size(archive)));
      new DemoReport(push, pull, compared, put, get, shardWriters.get()).print(out);
    }
  }

  private static Path made(Path archive, Path work) {
    try {
      DemoImage.write(archive, work);
      return archive;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void warmUp(Push pusher, Pull puller, Path work) throws IOException {
    Path noise = work.resolve("noise.tar");
    DemoImage.writeNoise(noise, work.resolve("jib.noise"));
    pusher.run(Source.open(noise).image(NOISE, Optional.empty()), NOISE.name(), TAG);
    puller.run(NOISE, work.resolve("noise.pulled"));
  }

  private static String distance(Shaping shaping) {
    return shaping.isNone()
        ? ""
        : ", with S3 as if far away: %.0f MB/s a connection, %d ms a request"
            .formatted(shaping.bandwidth() / 1e6, shaping.latency().toMillis());
  }

  private static void say(PrintWriter out, String line) {
    out.println(line);
    out.flush();
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
