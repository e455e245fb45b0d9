package dev.lamella.host;

import dev.lamella.core.Refusal;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** The {@code lamella} command: what runs on a container host. */
@Command(
    name = "lamella",
    mixinStandardHelpOptions = true,
    version = "lamella 0.1.0",
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "Stores container images in parallel: layers are cut into shards, spread over S3 buckets.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  lamella push ./layout team/app:1",
      "  lamella inspect team/app:1",
      "  lamella pull team/app:1 app.tar",
      "",
      "Environment:",
      "  LAMELLA_URL     the store, where no option names one",
      "  XDG_CACHE_HOME  where pushes note how far they are, to resume (default: ~/.cache)",
      "  NO_COLOR        no colours",
      ""
    })
public final class Lamella implements Runnable {
  @Spec private @Nullable CommandSpec spec;

  private Lamella() {}

  public static void main(String[] arguments) {
    System.exit(execute(arguments));
  }

  /**
   * Runs a command as {@link #main} does, but returns its exit code.
   *
   * @return by {@link ExitCode}
   */
  public static int execute(String... arguments) {
    CommandLine line =
        new CommandLine(new Lamella())
            .addSubcommand(new PushCommand())
            .addSubcommand(new PullCommand())
            .addSubcommand(new ImagesCommand())
            .addSubcommand(new InspectCommand())
            .addSubcommand(new VerifyCommand())
            .addSubcommand(new CollectCommand());
    ServiceLoader.load(HostCommand.class).forEach(line::addSubcommand);
    line.setUsageHelpWidth(100);
    line.setParameterExceptionHandler(Lamella::explain);
    line.setExecutionExceptionHandler(Lamella::explain);
    line.setExitCodeExceptionMapper(_ -> ExitCode.INTERNAL.value());
    line.getCommandSpec().usageMessage().exitCodeListHeading("%nExit codes:%n");
    Map<String, String> codes = new LinkedHashMap<>();
    for (ExitCode code : ExitCode.values()) {
      codes.put(" " + code.value(), code.meaning());
    }
    line.getCommandSpec().usageMessage().exitCodeList(codes);
    return line.execute(arguments);
  }

  /** Without a command, it says which there are. */
  @Override
  public void run() {
    if (spec != null) {
      throw new ParameterException(spec.commandLine(), "a command is missing");
    }
  }

  private static int explain(ParameterException e, String[] arguments) {
    CommandLine command = e.getCommandLine();
    print(command, firstLine(e));
    command
        .getErr()
        .println("Try '%s --help'.".formatted(command.getCommandSpec().qualifiedName()));
    return ExitCode.USAGE.value();
  }

  private static int explain(Exception e, CommandLine command, ParseResult parsed) {
    boolean isVerbose = parsed.originalArgs().contains("--verbose");
    ExitCode code =
        switch (e) {
          case HostFailure failure -> failure.exitCode();
          case Refusal _, IllegalArgumentException _ -> ExitCode.USAGE;
          default -> ExitCode.INTERNAL;
        };
    String message =
        code == ExitCode.INTERNAL && !(e instanceof HostFailure)
            ? "a fault of lamella itself: %s: %s (--verbose shows where)"
                .formatted(e.getClass().getSimpleName(), firstLine(e))
            : firstLine(e);
    print(command, message);
    if (isVerbose) {
      e.printStackTrace(command.getErr());
    }
    return code.value();
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }

  private static void print(CommandLine command, String message) {
    PrintWriter err = command.getErr();
    err.println("lamella: " + message);
    err.flush();
  }
}
