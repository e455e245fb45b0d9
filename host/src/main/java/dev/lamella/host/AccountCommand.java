package dev.lamella.host;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code lamella account}: for administrators. */
@Command(
    name = "account",
    mixinStandardHelpOptions = true,
    header = "Manages who may sign in at a store, and what they may do.",
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    description = {
      "",
      "All of it is for accounts that administer the store, such as the one that it comes with:"
          + " 'administrator'. The account 'anonymous' is whoever does not sign in: what it is"
          + " granted, everybody may pull."
    },
    footer = {
      "",
      "Examples:",
      "  lamella account add ci --grant 'team/*=pull,push' --expires 90d",
      "  lamella account grant anonymous 'public/*=pull'",
      "  lamella account rotate ci --expires 90d"
    })
final class AccountCommand implements Runnable {
  @Spec private @Nullable CommandSpec spec;

  static CommandLine line() {
    return new CommandLine(new AccountCommand())
        .addSubcommand(new AccountAddCommand())
        .addSubcommand(new AccountListCommand())
        .addSubcommand(new AccountGrantCommand())
        .addSubcommand(new AccountTrustCommand())
        .addSubcommand(new AccountLimitCommand())
        .addSubcommand(new AccountRotateCommand())
        .addSubcommand(new AccountRemoveCommand())
        .addSubcommand(new RevokeTokensCommand());
  }

  /** Without a command, it says that there is one missing. */
  @Override
  public void run() {
    if (spec != null) {
      throw new ParameterException(spec.commandLine(), "a command is missing");
    }
  }
}
