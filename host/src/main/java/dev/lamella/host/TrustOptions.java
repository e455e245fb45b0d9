package dev.lamella.host;

import dev.lamella.core.access.ClaimCondition;
import dev.lamella.core.access.TrustRule;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** One trust rule of an account, by the options that make it: those of an issuer, or the other. */
final class TrustOptions {
  @ArgGroup(exclusive = false, multiplicity = "1")
  private @Nullable Issuer issuer;

  @Option(
      names = "--aws",
      paramLabel = "ARN",
      required = true,
      description =
          "Which AWS callers it takes in place of a secret, such as"
              + " arn:aws:sts::123456789012:assumed-role/ci/*; as often as you like.")
  private String arn = "";

  TrustRule rule() {
    return issuer == null ? new TrustRule.Aws(arn) : issuer.rule();
  }

  private static final class Issuer {
    @Option(
        names = "--issuer",
        paramLabel = "URL",
        required = true,
        description =
            "Whose tokens it takes in place of a secret, as the tokens name it. With --audience and"
                + " --where; as often as you like, each with its own.")
    private String url = "";

    @Option(
        names = "--audience",
        paramLabel = "TEXT",
        required = true,
        description = "For whom the tokens have to be made, such as the store's host.")
    private String audience = "";

    @Option(
        names = "--where",
        paramLabel = "CLAIM=PATTERN",
        required = true,
        description =
            "What the tokens have to say, such as sub=repo:org/app:*, or"
                + " /kubernetes.io/namespace=ci of what is inside a claim; all that is given.")
    private List<String> conditions = new ArrayList<>();

    @Option(
        names = "--keys",
        paramLabel = "URL",
        description = "Where the issuer's keys are (default: where the issuer says, on its host).")
    private @Nullable String keys;

    TrustRule rule() {
      return new TrustRule.Oidc(
          url,
          audience,
          conditions.stream().map(TrustOptions::condition).toList(),
          Optional.ofNullable(keys));
    }
  }

  private static ClaimCondition condition(String text) {
    int equals = text.indexOf('=');
    if (equals < 1) {
      throw new HostFailure(
          ExitCode.USAGE, "a condition is such as sub=repo:org/app:*, not '%s'".formatted(text));
    }
    return new ClaimCondition(text.substring(0, equals), text.substring(equals + 1));
  }
}
