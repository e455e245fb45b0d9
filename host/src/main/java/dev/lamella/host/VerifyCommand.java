package dev.lamella.host;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.NamePattern;
import dev.lamella.core.api.Json;
import dev.lamella.core.api.VerificationReport;
import dev.lamella.core.api.VerificationReport.Damage;
import dev.lamella.core.api.VerificationRequest;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.store.StoreClient;
import dev.lamella.host.store.StoreRefusal;
import dev.lamella.host.terminal.Terminal;
import dev.lamella.host.verify.AwaitVerification;
import dev.lamella.host.verify.ReportText;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lamella verify}. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    header = "Has the store look whether it has lost anything.",
    description = {
      "",
      "Waits for the store's report, and prints it. Where the same verification runs already, it"
          + " waits for that one. Pushes and pulls go on meanwhile.",
      "",
      "One verification takes on no more than the store's budget for it. Where that ends before all"
          + " was looked at, it warns, and its exit code is 9, or tells of what is worse; the next"
          + " one goes on there."
    },
    footer = {
      "",
      "Examples:",
      "  lamella verify",
      "  lamella verify --deep 'team/*'",
      "  lamella verify --deep --json | jq '.damage'"
    })
final class VerifyCommand implements Callable<Integer> {
  @Mixin private StoreOptions store = new StoreOptions();

  @Option(
      names = "--deep",
      description =
          "Read the shards, within the budget, and prove each by the digest chain, instead of"
              + " asking the storage servers for sizes and checksums.")
  private boolean deep;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "NAME",
      description =
          "An image, or several: * stands for any text, as in 'team/*' (default: all of the"
              + " store).")
  private @Nullable String name;

  @Override
  public Integer call() {
    StoreClient client = store.client();
    Optional<NamePattern> pattern = Optional.ofNullable(name).map(NamePattern::new);
    VerificationReport report =
        new AwaitVerification(client, Terminal.ofErrors())
            .await(begin(client, new VerificationRequest(deep, pattern, Optional.empty())));
    System.out.println(store.isJson() ? Json.pretty(report) : ReportText.of(report));
    return exitCode(report).value();
  }

  private static VerificationReport begin(StoreClient client, VerificationRequest request) {
    try {
      return client.verify(request);
    } catch (StoreRefusal e) {
      if (!e.is(ErrorCode.NAME_UNKNOWN)) {
        throw e;
      }
      String name = request.name().map(NamePattern::value).orElse("*");
      throw new HostFailure(
          ExitCode.REFUSED, "no image matches '" + name + "': lamella images lists them", e);
    }
  }

  private static ExitCode exitCode(VerificationReport report) {
    boolean isDamaged =
        report.damage().stream()
            .filter(damage -> damage.kind().isDamage())
            .anyMatch(damage -> !damage.repaired());
    if (isDamaged) {
      return ExitCode.DAMAGED;
    }
    if (report.damage().stream().map(Damage::kind).anyMatch(kind -> !kind.isDamage())) {
      return ExitCode.UNREACHABLE;
    }
    return report.warnings().isEmpty() ? ExitCode.OK : ExitCode.INCOMPLETE;
  }
}
