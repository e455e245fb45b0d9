package dev.lamella.host;

import dev.lamella.core.api.AuditEvent;
import dev.lamella.core.api.AuditPage;
import dev.lamella.core.api.Json;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.store.AuditReads;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code lamella audit}. */
@Command(
    name = "audit",
    mixinStandardHelpOptions = true,
    header = "Shows who did what at the store, when, and from where.",
    description = {
      "",
      "Who pushed, pulled, deleted, signed in, changed accounts, or was refused. For accounts that"
          + " administer the store. Oldest first; lines come some seconds late. With"
          + " --json each event is a line of its own."
    },
    footer = {
      "",
      "Examples:",
      "  lamella audit --failed",
      "  lamella audit --since 7d --image team/app --action push",
      "  lamella audit --json | jq -r 'select(.status == 401) | .source'"
    })
final class AuditCommand implements Callable<Integer> {
  /** Whoever wants more, asks for less time at once. */
  private static final long MOST_EVENTS = 10_000_000;

  /** Without an event, one after the other: a store that has nothing may take its time to say. */
  static final int MOST_EMPTY = 1_000;

  @Mixin private StoreOptions store = new StoreOptions();

  @Option(
      names = "--since",
      paramLabel = "WHEN",
      defaultValue = "24h",
      description =
          "From when on: 90m, 24h or 7d ago, a day such as 2026-11-29 in UTC, or a time such as"
              + " 2026-11-29T08:00:00Z (default: ${DEFAULT-VALUE}).")
  private String since = "24h";

  @Option(
      names = "--until",
      paramLabel = "WHEN",
      description = "Until when, in the same way (default: now).")
  private @Nullable String until;

  @Option(
      names = "--account",
      paramLabel = "NAME",
      description =
          "Who did it, or said to be; 'anybody' where the store asks nobody, 'nobody' where no"
              + " token was good.")
  private @Nullable String account;

  @Option(names = "--image", paramLabel = "NAME", description = "The image, without a tag.")
  private @Nullable String image;

  @Option(
      names = "--action",
      paramLabel = "ACTION",
      description =
          "push, pull, upload, delete, sign-in, account, revoke, verify, collect, or other for what"
              + " else was refused.")
  private @Nullable String action;

  @Option(names = "--failed", description = "Only what was refused or failed.")
  private boolean failed;

  @Override
  public Integer call() {
    AuditReads trail = store.client().audit();
    Map<String, String> query = query(Instant.now());
    Optional<String> page = Optional.empty();
    long events = 0;
    int empty = 0;
    if (!store.isJson()) {
      System.out.println(AuditText.heading());
    }
    while (events < MOST_EVENTS && empty < MOST_EMPTY) {
      AuditPage got = trail.page(query, page);
      got.events().forEach(this::print);
      if (got.next().isEmpty() || System.out.checkError()) {
        return ExitCode.OK.value();
      }
      page = got.next();
      events += got.events().size();
      empty = got.events().isEmpty() ? empty + 1 : 0;
    }
    throw new HostFailure(
        ExitCode.REFUSED,
        "the store has over %d events, or none for %d pages: it may go in circles; ask for less by"
                .formatted(MOST_EVENTS, MOST_EMPTY)
            + " --since and --until");
  }

  private Map<String, String> query(Instant now) {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("since", AuditSince.parse("--since", since, now).toString());
    // A log that goes on has an end all the same.
    query.put(
        "until",
        Optional.ofNullable(until)
            .map(text -> AuditSince.parse("--until", text, now))
            .orElse(now.plusSeconds(1))
            .toString());
    put(query, "account", account);
    put(query, "image", image);
    put(query, "action", action);
    put(query, "failed", failed ? "true" : null);
    return query;
  }

  private static void put(Map<String, String> query, String name, @Nullable String value) {
    if (value != null) {
      query.put(name, value);
    }
  }

  private void print(AuditEvent event) {
    System.out.println(store.isJson() ? Json.line(event) : AuditText.line(event));
  }
}
