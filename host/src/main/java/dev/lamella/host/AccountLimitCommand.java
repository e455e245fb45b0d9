package dev.lamella.host;

import dev.lamella.core.Refusal;
import dev.lamella.core.access.AccountName;
import dev.lamella.core.access.Limits;
import dev.lamella.core.api.AccountAnswer;
import dev.lamella.core.api.Json;
import dev.lamella.core.api.LimitsRequest;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.outcome.Plain;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lamella account limit}. */
@Command(
    name = "limit",
    mixinStandardHelpOptions = true,
    header = "Replaces the limits of what an account uses at a time.",
    description = {
      "",
      "What is not said here is as for every account of the store. It counts from the account's"
          + " next token on: 15 minutes at most. An account that administers the store has no"
          + " limits."
    },
    footer = {
      "",
      "Examples:",
      "  lamella account limit ci --layer-size 20GiB --uploads 50 --staged 200GiB",
      "  lamella account limit ci --usual"
    })
final class AccountLimitCommand implements Callable<Integer> {
  @Mixin private StoreOptions store = new StoreOptions();

  @Parameters(index = "0", paramLabel = "NAME", description = "The account.")
  private String name = "";

  @Option(
      names = "--layer-size",
      paramLabel = "SIZE",
      description = "The most that one of its layers has, such as 20GiB.")
  private Optional<String> layerSize = Optional.empty();

  @Option(
      names = "--uploads",
      paramLabel = "N",
      description = "Layers that it uploads at a time, at most 1,000.")
  private Optional<Integer> uploads = Optional.empty();

  @Option(
      names = "--staged",
      paramLabel = "SIZE",
      description = "Bytes of all layers that it uploads at a time, such as 200GiB.")
  private Optional<String> staged = Optional.empty();

  @Option(
      names = "--per-minute",
      paramLabel = "N",
      description = "Layers that it begins to upload in a minute, at most 60,000.")
  private Optional<Integer> perMinute = Optional.empty();

  @Option(names = "--usual", description = "It has no limits but those of every account.")
  private boolean usual;

  @Override
  public Integer call() {
    Limits limits = limits();
    if (usual != limits.equals(Limits.USUAL)) {
      throw new HostFailure(
          ExitCode.USAGE,
          "say what its limits are: --layer-size, --uploads, --staged or --per-minute, or --usual");
    }
    AccountAnswer after =
        store.client().accounts().limit(new AccountName(name), new LimitsRequest(limits));
    System.out.println(
        store.isJson()
            ? Json.pretty(after)
            : Plain.line(after.name() + " has " + LimitText.of(after)));
    return ExitCode.OK.value();
  }

  private Limits limits() {
    Optional<Long> layerBytes = layerSize.map(text -> LimitText.bytes("--layer-size", text));
    Optional<Long> stagedBytes = staged.map(text -> LimitText.bytes("--staged", text));
    try {
      return new Limits(layerBytes, uploads, stagedBytes, perMinute);
    } catch (Refusal e) {
      throw new HostFailure(ExitCode.USAGE, e.getMessage(), e);
    }
  }
}
