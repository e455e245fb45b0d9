package dev.lamella.local;

import dev.lamella.embedded.Shaping;
import dev.lamella.host.HostCommand;
import dev.lamella.host.outcome.ExitCode;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs a local stack until it is told to stop. */
@Command(
    name = "up",
    mixinStandardHelpOptions = true,
    header = "Runs the whole store on this machine, until Ctrl-C. What it holds is kept.")
public final class Up implements HostCommand, Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--port",
      defaultValue = "5000",
      description = "Port of the API; 0 for any free one (default: ${DEFAULT-VALUE}).")
  private int port = 5000;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Where everything is kept (default: $XDG_DATA_HOME/lamella or ~/.local/share/lamella).")
  private @Nullable Path data;

  @Option(
      names = "--template",
      paramLabel = "FILE",
      description = "The SAM template to run (default: template.yaml here, or else Lamella's own).")
  private @Nullable Path template;

  @Option(
      names = "--parameter",
      paramLabel = "KEY=VALUE",
      description = "Value of a template parameter; can be given several times.")
  private Map<String, String> parameters = Map.of();

  @Option(
      names = "--auth",
      description =
          "Asks who uses the store, as it does on AWS, to try it: other users of this machine are"
              + " not kept out. Without it, whoever reaches its loopback address may do"
              + " everything.")
  private boolean auth;

  @Option(
      names = "--concurrency",
      defaultValue = "16",
      description =
          "Invocations at once of a function that reserves none; more of them wait (default:"
              + " ${DEFAULT-VALUE}).")
  private int concurrency = 16;

  @Option(
      names = "--s3-bandwidth",
      defaultValue = "0",
      paramLabel = "BYTES",
      description = "Bytes a second of each S3 connection, each way, such as 4000000; 0: no limit.")
  private long bandwidth;

  @Option(
      names = "--s3-latency",
      defaultValue = "0",
      paramLabel = "MS",
      description = "Milliseconds that each S3 request waits (default: ${DEFAULT-VALUE}).")
  private long latency;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (spec == null) {
      throw new IllegalStateException("picocli runs this command");
    }
    LocalStackOptions options =
        LocalStackOptions.of(templateFile(), dataDirectory())
            .withPort(port)
            .withParameters(endpoints -> parameters)
            .withConcurrency(concurrency)
            .withShaping(new Shaping(bandwidth, Duration.ofMillis(latency)));
    run(auth ? options.withSignIn() : options, spec.commandLine().getOut());
    return ExitCode.OK.value();
  }

  private static void run(LocalStackOptions options, PrintWriter out)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    CountDownLatch stop = new CountDownLatch(1);
    CountDownLatch stopped = new CountDownLatch(1);
    try (LocalStack stack = LocalStack.start(options)) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stopAndWait(stop, stopped), "stop"));
      out.printf(
          """
          Lamella is up at %s (started in %.1f s). Ctrl-C stops it; what it holds is kept.
          %s
            data  %s
            S3    %s   access key %s, secret key in %s
            logs  %s
          Push an image:  ./lamella push SOURCE NAME:TAG --to %s
          """,
          stack.endpoint(),
          (System.nanoTime() - start) / 1e9,
          whoMayUse(stack),
          options.data().toAbsolutePath(),
          stack.s3Endpoint(),
          stack.credentials().accessKey(),
          options.data().resolve("credentials").toAbsolutePath(),
          options.data().resolve("logs").toAbsolutePath(),
          stack.endpoint());
      out.flush();
      stop.await();
      stack.close();
      out.println("Lamella has stopped; what it holds is in " + options.data().toAbsolutePath());
      out.flush();
    } finally {
      stopped.countDown();
    }
  }

  static String whoMayUse(LocalStack stack) {
    URI store = stack.endpoint();
    if (!stack.asksToSignIn()) {
      return "Whoever reaches %s may do everything; `up --auth` asks who it is."
          .formatted(store.getHost());
    }
    Path file = stack.administratorFile();
    return """
    Who uses it has to sign in. The secret of the administrator is in %s:
      ./lamella login --to %s -u administrator --secret-stdin < %s
      docker login -u administrator --password-stdin %s < %s\
    """
        .formatted(file, store, file, store.getAuthority(), file);
  }

  /** The JVM waits for its shutdown hooks: this one lets the stack close itself first. */
  private static void stopAndWait(CountDownLatch stop, CountDownLatch stopped) {
    stop.countDown();
    try {
      stopped.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Path dataDirectory() {
    if (data != null) {
      return data;
    }
    return Optional.ofNullable(System.getenv("XDG_DATA_HOME"))
        .filter(home -> !home.isEmpty())
        .map(Path::of)
        .orElseGet(() -> Path.of(System.getProperty("user.home"), ".local", "share"))
        .resolve("lamella");
  }

  private Path templateFile() {
    return Optional.ofNullable(template).orElseGet(Up::findTemplate);
  }

  /**
   * The template.yaml of the working directory or, if it has none, of the project that the launcher
   * names in the system property lamella.home.
   */
  public static Path findTemplate() {
    Path here = Path.of("template.yaml");
    if (Files.exists(here)) {
      return here;
    }
    return Optional.ofNullable(System.getProperty("lamella.home"))
        .map(home -> Path.of(home, "template.yaml"))
        .orElse(here);
  }
}
