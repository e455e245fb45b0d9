package dev.lamella.host;

import dev.lamella.core.ErrorCode;
import dev.lamella.core.access.TokenScope;
import dev.lamella.core.api.AccountAnswer;
import dev.lamella.core.api.Json;
import dev.lamella.host.credentials.Credential;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.outcome.Plain;
import dev.lamella.host.store.StoreRefusal;
import java.io.Console;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code lamella login}. */
@Command(
    name = "login",
    mixinStandardHelpOptions = true,
    header = "Signs in at a store: checks an account's secret, and keeps it.",
    description = {
      "",
      "The secret is asked for on the terminal, or read from standard input. It is kept where"
          + " Docker keeps it: in the helper that its config.json names, or in that file"
          + " ($DOCKER_CONFIG or ~/.docker), which docker, podman and crane read too. Nothing is"
          + " kept where the store does not take it.",
      "",
      "Where nothing can be kept, as in CI, set LAMELLA_ACCOUNT and LAMELLA_SECRET instead."
    },
    footer = {
      "",
      "Examples:",
      "  lamella login --to https://store.example -u administrator",
      "  lamella login --to https://store.example -u ci --secret-stdin < secret"
    })
final class LoginCommand implements Callable<Integer> {
  /** In bytes. */
  private static final int LONGEST = 4 << 10;

  @Mixin private StoreOptions store = new StoreOptions();

  @Option(
      names = {"-u", "--account"},
      paramLabel = "ACCOUNT",
      required = true,
      description = "The account's name.")
  private String account = "";

  @Option(names = "--secret-stdin", description = "Read the secret from standard input.")
  private boolean fromInput;

  @Override
  public Integer call() throws IOException {
    URI url = store.url(System.getenv());
    String input = "standard input";
    Credential.Password password = new Credential.Password(account, secret(), input);
    AccountAnswer mine = checked(url, password);
    String place = StoreOptions.credentials().store(url, password);
    if (StoreOptions.credentials().isGiven()) {
      System.err.println(
          "lamella: LAMELLA_ACCOUNT and LAMELLA_SECRET are set: they are used, and not this");
    }
    System.out.println(
        store.isJson()
            ? Json.pretty(Map.of("account", mine, "kept", place))
            : Plain.line("Signed in at %s as %s; kept in %s".formatted(url, mine.name(), place)));
    return ExitCode.OK.value();
  }

  private AccountAnswer checked(URI url, Credential.Password password) {
    try {
      AccountAnswer mine =
          StoreOptions.client(url, Optional.of(password), TokenScope.STORE).accounts().mine();
      if (mine.name().value().equals(account)) {
        return mine;
      }
    } catch (StoreRefusal e) {
      if (!e.is(ErrorCode.ROUTE_UNKNOWN)) {
        throw e;
      }
    }
    throw new HostFailure(
        ExitCode.REFUSED, "the store at %s asks nobody to sign in: nothing is kept".formatted(url));
  }

  private String secret() throws IOException {
    String secret = fromInput ? ofInput() : ofTerminal();
    if (secret.isEmpty() || secret.lines().count() > 1) {
      throw new HostFailure(ExitCode.USAGE, "the secret is one line that is not empty");
    }
    return secret;
  }

  private static String ofInput() throws IOException {
    byte[] bytes = System.in.readNBytes(LONGEST + 1);
    if (bytes.length > LONGEST) {
      throw new HostFailure(ExitCode.USAGE, "the secret has over " + LONGEST + " bytes");
    }
    return new String(bytes, StandardCharsets.UTF_8).strip();
  }

  /** Nothing that is typed is shown. */
  private static String ofTerminal() {
    Console console =
        Optional.ofNullable(System.console())
            .filter(Console::isTerminal)
            .orElseThrow(
                () ->
                    new HostFailure(
                        ExitCode.USAGE,
                        "there is no terminal to ask for the secret: say --secret-stdin"));
    char[] typed = console.readPassword("Secret: ");
    return typed == null ? "" : new String(typed).strip();
  }
}
