package dev.lamella.host;

import dev.lamella.core.Reference;
import dev.lamella.core.Reference.Tag;
import dev.lamella.core.access.Action;
import dev.lamella.core.access.TokenScope;
import dev.lamella.core.api.Json;
import dev.lamella.host.image.FullName;
import dev.lamella.host.image.ImageName;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.push.Push;
import dev.lamella.host.push.PushReport;
import dev.lamella.host.push.UploadNotes;
import dev.lamella.host.source.Selection;
import dev.lamella.host.source.Source;
import dev.lamella.host.store.StoreClient;
import dev.lamella.host.terminal.Summary;
import dev.lamella.host.terminal.Terminal;
import dev.lamella.host.terminal.TransferDisplay;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lamella push}. */
@Command(
    name = "push",
    mixinStandardHelpOptions = true,
    header = "Pushes an image from a directory or archive.",
    description = {
      "",
      "Sends the layers that the store lacks, in parallel, then the manifest. A push that was"
          + " interrupted goes on where it stopped when it is run again."
    },
    footer = {
      "",
      "Examples:",
      "  docker save app:1 -o app.tar && lamella push app.tar team/app:1",
      "  docker save app:1 | lamella push - 127.0.0.1:5000/team/app:1",
      "  lamella push ./layout team/app:1 --to https://store.example"
    })
final class PushCommand implements Callable<Integer> {
  @Mixin private StoreOptions store = new StoreOptions();
  @Mixin private TransferOptions transfer = new TransferOptions();

  @Parameters(
      index = "0",
      paramLabel = "SOURCE",
      description = {
        "An OCI image layout directory, an OCI archive, or a docker save tar (gzip and bzip2,"
            + " too);",
        "a directory of skopeo's dir:; - is an archive from standard input."
      })
  private String source = "";

  @Parameters(
      index = "1",
      paramLabel = "NAME:TAG",
      description = "What the image is called in the store; HOST:PORT/NAME:TAG says which store.")
  private String name = "";

  @Option(
      names = "--image",
      paramLabel = "WHICH",
      description =
          "Which of several images in SOURCE: its name there, its digest, or @N, its place from 0.")
  private Optional<String> asked = Optional.empty();

  @Override
  public Integer call() {
    FullName image = FullName.parse(name);
    if (!(image.image().reference() instanceof Reference.Tag tag)) {
      throw new HostFailure(
          ExitCode.USAGE, "an image is pushed under a tag: NAME:TAG, not '" + name + "'");
    }
    PushReport report = push(image, tag);
    System.out.println(store.isJson() ? Json.pretty(report) : Summary.of(report));
    return ExitCode.OK.value();
  }

  private PushReport push(FullName name, Tag tag) {
    UploadNotes notes = UploadNotes.of(System.getenv(), Path.of(System.getProperty("user.home")));
    ImageName image = name.image();
    try (TransferDisplay display = TransferDisplay.on(Terminal.ofErrors(), "sent");
        Source from = open()) {
      // By the catalogue's scope, layers of images that the account may pull need not be sent.
      String scope = TokenScope.of(Action.PUSH, image.name());
      StoreClient client = store.client(name.store(), scope, TokenScope.STORE);
      return new Push(client, notes, display, transfer.parallel())
          .run(from.image(selection(image)), image.name(), tag);
    }
  }

  private Selection selection(ImageName image) {
    return new Selection(image, asked, transfer.platform(), transfer.withReferrers());
  }

  private Source open() {
    return source.equals("-") ? Source.read(System.in) : Source.open(Path.of(source));
  }
}
