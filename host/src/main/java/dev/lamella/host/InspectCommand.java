package dev.lamella.host;

import dev.lamella.core.access.Action;
import dev.lamella.core.access.TokenScope;
import dev.lamella.core.api.Json;
import dev.lamella.host.image.FullName;
import dev.lamella.host.inspect.ImageView;
import dev.lamella.host.inspect.Inspect;
import dev.lamella.host.inspect.Picture;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.terminal.Terminal;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code lamella inspect}. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    header = "Shows an image's layers, and which storage server holds which of their shards.",
    footer = {
      "",
      "Examples:",
      "  lamella inspect team/app:1",
      "  lamella inspect team/app:1 --json | jq '.layers[].servers'"
    })
final class InspectCommand implements Callable<Integer> {
  @Mixin private StoreOptions store = new StoreOptions();

  @Parameters(
      index = "0",
      paramLabel = "NAME:TAG",
      description = "The image; NAME@DIGEST for the manifest of a digest.")
  private String name = "";

  @Override
  public Integer call() {
    FullName full = FullName.parse(name);
    String pull = TokenScope.of(Action.PULL, full.image().name());
    ImageView view = new Inspect(store.client(full.store(), pull)).run(full.image());
    System.out.println(
        store.isJson() ? Json.pretty(view) : new Picture(Terminal.ofOutput()).of(view));
    return ExitCode.OK.value();
  }
}
