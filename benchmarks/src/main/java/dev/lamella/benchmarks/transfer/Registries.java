package dev.lamella.benchmarks.transfer;

import dev.lamella.benchmarks.report.Comparison;
import dev.lamella.benchmarks.report.Comparison.Goal;
import dev.lamella.benchmarks.report.Reading;
import dev.lamella.benchmarks.report.Results;
import dev.lamella.benchmarks.transfer.Requests.Times;
import dev.lamella.embedded.Shaping;
import dev.lamella.local.LocalStack;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Lamella as a registry for plain clients, against distribution with its S3 driver on the same S3
 * server: what a pull asks for, and pulls themselves.
 */
final class Registries {
  private static final double PULL_TARGET = 1;
  private static final String IMAGE = "near";
  private static final Pattern ASSEMBLED = Pattern.compile("assembled in ([0-9]+) ms");

  private final Path template;
  private final Workspace workspace;
  private final Timer timer;
  private final Tools tools;

  private final List<Double> firstPulls = new ArrayList<>();
  private final List<Double> firstOthers = new ArrayList<>();
  private final List<Double> pulls = new ArrayList<>();
  private final List<Double> others = new ArrayList<>();

  Registries(Path template, Workspace workspace, Timer timer, Tools tools) {
    this.template = template;
    this.workspace = workspace;
    this.timer = timer;
    this.tools = tools;
  }

  /**
   * @param size of the layer, in bytes
   */
  void run(long size, int rounds, Results results) throws IOException {
    // First of all, since without them the minutes until they are needed are lost.
    for (String program : List.of("registry", "crane")) {
      var _ = tools.find(program);
    }
    for (int round = 1; round <= rounds; round++) {
      round(round, size, round == rounds, results);
    }
    results.addComparisons(
        List.of(
            comparison("first crane pull", "assemble, then pull", firstPulls, firstOthers),
            comparison("crane pull", "pull", pulls, others)));
  }

  /** Each round has a stack of its own, so that its first pull has to assemble the layer. */
  private void round(int round, long size, boolean isLast, Results results) throws IOException {
    RandomImage image = RandomImage.make(workspace.make("image"), 1, size);
    try (Store store = Store.start(template, workspace.make("registry"), Shaping.NONE);
        Distribution other = distribution(store.stack())) {
      store.push(image, IMAGE);
      tools.run("crane", "push", image.directory().toString(), reference(other.uri()));
      URI ours = store.stack().endpoint();
      String manifest = "/v2/" + IMAGE + "/manifests/latest";
      if (round == 1) {
        warmUp(manifest, ours, other.uri());
        warmUp("/v2/" + IMAGE + "/blobs/" + image.config(), ours, other.uri());
      }
      pull("Lamella, first pull " + round, ours, firstPulls);
      pull("distribution, first pull " + round, other.uri(), firstOthers);
      for (int again = 0; again < 2; again++) {
        pull("distribution, another pull " + round, other.uri(), others);
        pull("Lamella, another pull " + round, ours, pulls);
      }
      if (isLast) {
        String blob = "/v2/" + IMAGE + "/blobs/" + image.layer();
        results.addReadings(assembling(store.shards(IMAGE, image.layer()).size()));
        results.addReadings(requests("GET", "manifest GET", manifest, ours, other.uri()));
        results.addReadings(requests("HEAD", "blob HEAD", blob, ours, other.uri()));
      }
    }
    workspace.delete("image", "registry", "distribution");
  }

  /** What the first pull had to wait for, by the log of the function that did it. */
  private List<Reading> assembling(int shards) throws IOException {
    Path log = workspace.make("registry").resolve("data/logs/AssemblerFunction.log");
    Matcher line = ASSEMBLED.matcher(Files.readString(log));
    if (!line.find()) {
      throw new IOException("no layer was assembled: it is smaller than two shards");
    }
    return List.of(
        new Reading("assembling, copies by S3", shards, "copies"),
        new Reading("assembling, with begin, end and check", shards + 3, "requests"),
        new Reading("assembling", Double.parseDouble(line.group(1)), "ms"));
  }

  private Distribution distribution(LocalStack stack) throws IOException {
    return Distribution.start(
        tools.find("registry"),
        workspace.make("distribution"),
        stack.s3Endpoint(),
        Objects.requireNonNull(stack.template().names().get("ManifestBucket")),
        stack.credentials());
  }

  private void pull(String what, URI registry, List<Double> seconds) throws IOException {
    Path target = workspace.make("pulled");
    seconds.add(
        timer.time(
            what,
            () ->
                tools.run(
                    "crane", "pull", "--format=oci", reference(registry), target.toString())));
    workspace.delete("pulled");
  }

  /** Java compiles what is called often, and so only then; a stack that runs for a while has. */
  private static void warmUp(String path, URI ours, URI other) throws IOException {
    for (URI registry : List.of(ours, other)) {
      var _ = new Requests("GET", registry.resolve(path)).run();
    }
  }

  /** In turns, once to warm up and once to count. */
  private static List<Reading> requests(
      String method, String name, String path, URI ours, URI other) throws IOException {
    Requests toUs = new Requests(method, ours.resolve(path));
    Requests toOther = new Requests(method, other.resolve(path));
    var _ = toUs.run();
    var _ = toOther.run();
    List<Reading> readings = new ArrayList<>();
    readings.addAll(readings(name + ", Lamella", toUs.run()));
    readings.addAll(readings(name + ", distribution", toOther.run()));
    return readings;
  }

  private static List<Reading> readings(String name, Times times) {
    return List.of(
        new Reading(name, times.perSecond(), "a second"),
        new Reading(name + ", p99", times.p99Millis(), "ms"));
  }

  private static String reference(URI registry) {
    return registry.getAuthority() + "/" + IMAGE + ":latest";
  }

  private static Comparison comparison(
      String name, String way, List<Double> ours, List<Double> others) {
    return new Comparison(
        name, "Lamella: " + way, "distribution", Goal.TIMES_AS_FAST, PULL_TARGET, ours, others);
  }
}
