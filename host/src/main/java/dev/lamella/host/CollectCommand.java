package dev.lamella.host;

import dev.lamella.core.api.CollectionRequest;
import dev.lamella.core.api.CollectionRun;
import dev.lamella.core.api.CollectionRun.Find;
import dev.lamella.core.api.CollectionRun.Tally;
import dev.lamella.core.api.Json;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.outcome.Plain;
import dev.lamella.host.store.StoreClient;
import dev.lamella.host.terminal.Bytes;
import dev.lamella.host.terminal.Table;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code lamella collect}. */
@Command(
    name = "collect",
    mixinStandardHelpOptions = true,
    header = "Removes what is no longer used.",
    description = {
      "",
      "Removes images whose last tag was deleted, layers that no manifest references and that were"
          + " not used, each for the store's grace period, what is left of uploads that expired,"
          + " and all that nothing leads to: objects that no record names, records whose upload is"
          + " gone. Pushes and pulls go on meanwhile. Where a collection runs already, it waits for"
          + " that one.",
      "",
      "Its exit code is 9 where something was kept that it should remove: the output says why."
    },
    footer = {"", "Example:", "  lamella collect --dry-run"})
final class CollectCommand implements Callable<Integer> {
  private static final Duration PAUSE = Duration.ofMillis(300);

  /** One run of the schedule may be there first, and hardly another one. */
  private static final int MOST_RUNS = 3;

  /** Longer than one invocation of the janitor takes. */
  private static final Duration STANDSTILL = Duration.ofMinutes(6);

  @Mixin private StoreOptions store = new StoreOptions();

  @Option(names = "--dry-run", description = "Only show what would be removed.")
  private boolean dryRun;

  @Override
  public Integer call() {
    StoreClient client = store.client();
    CollectionRun done = collect(client);
    System.out.println(store.isJson() ? Json.pretty(done) : text(done));
    return done.found().stream().allMatch(tally -> tally.kept().isEmpty())
        ? ExitCode.OK.value()
        : ExitCode.INCOMPLETE.value();
  }

  /** A run of the schedule that was there first may not have looked at everything. */
  private CollectionRun collect(StoreClient client) {
    for (int runs = 0; runs < MOST_RUNS; runs++) {
      CollectionRun run = client.collect(new CollectionRequest(dryRun));
      if (run.dryRun() != dryRun) {
        throw new HostFailure(
            ExitCode.REFUSED,
            "collection %s runs already, and is %s: wait for its end, then run this again"
                .formatted(run.id(), run.dryRun() ? "a dry run" : "no dry run"));
      }
      run = await(client, run);
      if (run.full()) {
        return run;
      }
    }
    throw new HostFailure(
        ExitCode.REFUSED,
        "collections that do not look at everything came first %d times: run this again"
            .formatted(MOST_RUNS));
  }

  private static CollectionRun await(StoreClient client, CollectionRun begun) {
    CollectionRun run = begun;
    long last = System.nanoTime();
    while (run.isRunning()) {
      pause();
      CollectionRun next = client.collection(run.id());
      if (next.revision() != run.revision()) {
        last = System.nanoTime();
      } else if (System.nanoTime() - last > STANDSTILL.toNanos()) {
        throw new HostFailure(
            ExitCode.UNREACHABLE,
            "the janitor has not gone on with collection %s for %d minutes: see its log; its schedule"
                    .formatted(run.id(), STANDSTILL.toMinutes())
                + " goes on with it, and, after 20 minutes, so does running this again");
      }
      run = next;
    }
    return run;
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HostFailure(ExitCode.INTERNAL, "interrupted; the collection goes on");
    }
  }

  private static String text(CollectionRun run) {
    Table table = new Table(run.dryRun() ? "WOULD REMOVE" : "REMOVED", "COUNT", "BYTES");
    List<String> lines = new ArrayList<>();
    for (Tally tally : run.found()) {
      table.row(
          tally.of().name().toLowerCase(Locale.ROOT),
          Long.toString(tally.count()),
          Bytes.text(tally.bytes()));
      tally.finds().forEach(find -> lines.add("  " + line(find)));
      if (tally.count() > tally.finds().size()) {
        lines.add("  … and %d more".formatted(tally.count() - tally.finds().size()));
      }
      tally.kept().forEach(kept -> lines.add("  kept: " + Plain.line(kept)));
    }
    lines.addFirst(table.toString());
    return String.join(System.lineSeparator(), lines);
  }

  private static String line(Find find) {
    String size = find.bytes() > 0 ? " (%s)".formatted(Bytes.text(find.bytes())) : "";
    return Plain.line(find.name()) + size;
  }
}
