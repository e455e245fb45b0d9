package dev.lamella.host;

import dev.lamella.core.access.Action;
import dev.lamella.core.access.TokenScope;
import dev.lamella.core.api.Json;
import dev.lamella.host.image.FullName;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.pull.Pull;
import dev.lamella.host.pull.PullOptions;
import dev.lamella.host.pull.PullReport;
import dev.lamella.host.terminal.Summary;
import dev.lamella.host.terminal.Terminal;
import dev.lamella.host.terminal.TransferDisplay;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lamella pull}. */
@Command(
    name = "pull",
    mixinStandardHelpOptions = true,
    header = "Pulls an image into a directory or archive.",
    description = {
      "",
      "Fetches its shards in parallel and proves each by the digest chain. A pull that was"
          + " interrupted proves what is there and fetches the rest when it is run again.",
      "",
      "What refers to the image, such as signatures and SBOMs, comes with it, as regctl and oras"
          + " read it in a layout. What of that cannot be had is named, and the pull ends by 9."
    },
    footer = {
      "",
      "Examples:",
      "  lamella pull team/app:1 ./layout",
      "  lamella pull team/app:1 app.tar && docker load -i app.tar",
      "  lamella pull team/app:1 - | docker load"
    })
final class PullCommand implements Callable<Integer> {
  @Mixin private StoreOptions store = new StoreOptions();
  @Mixin private TransferOptions transfer = new TransferOptions();

  @Parameters(
      index = "0",
      paramLabel = "NAME:TAG",
      description = "The image; NAME@DIGEST for the manifest of a digest.")
  private String name = "";

  @Parameters(
      index = "1",
      paramLabel = "TARGET",
      description = {
        "An OCI image layout directory; an OCI archive where it ends in .tar, or - for standard"
            + " output.",
        "An archive holds all platforms of the image, or that of --platform. docker load before"
            + " version 25 takes from it the one for this machine, or else for linux/amd64.",
        "Where something refers to the image, skopeo and podman must be told its tag"
            + " (oci-archive:app.tar:1); with --no-referrers, the image is alone."
      })
  private Path target = Path.of("");

  @Option(
      names = "--no-sync",
      description =
          "Do not wait until the disk has everything: faster, and not safe from power cuts.")
  private boolean noSync;

  @Override
  public Integer call() {
    FullName image = FullName.parse(name);
    boolean isOutput = target.toString().equals(StandardOutput.NAME);
    PullReport report = isOutput ? pullToOutput(image) : pull(image, target);
    PrintStream messages = isOutput ? System.err : System.out;
    messages.println(store.isJson() ? Json.pretty(report) : Summary.of(report));
    return (report.isWhole() ? ExitCode.OK : ExitCode.INCOMPLETE).value();
  }

  private PullReport pullToOutput(FullName image) {
    try (StandardOutput output = StandardOutput.open()) {
      PullReport report = pull(image, output.archive());
      output.write();
      return report.to(StandardOutput.NAME);
    }
  }

  private PullReport pull(FullName image, Path path) {
    PullOptions options =
        new PullOptions(
            transfer.parallel(), transfer.platform(), !noSync, transfer.withReferrers());
    try (TransferDisplay display = TransferDisplay.on(Terminal.ofErrors(), "fetched")) {
      String scope = TokenScope.of(Action.PULL, image.image().name());
      return new Pull(store.client(image.store(), scope), display, options)
          .run(image.image(), path);
    }
  }
}
