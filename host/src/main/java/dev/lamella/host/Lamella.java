package dev.lamella.host;

import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.Plain;
import dev.lamella.host.terminal.Terminal;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The {@code lamella} command: what runs on a container host. */
@Command(
    name = "lamella",
    mixinStandardHelpOptions = true,
    version = "lamella 0.1.0",
    synopsisSubcommandLabel = "COMMAND",
    header =
        "Stores container images in parallel: layers are cut into shards, spread over S3 buckets.",
    commandListHeading = "%nCommands:%n",
    optionListHeading = "%nOptions:%n",
    footer = {
      "",
      "Examples:",
      "  lamella push ./layout team/app:1",
      "  lamella inspect team/app:1",
      "  lamella pull team/app:1 app.tar",
      "",
      "Environment:",
      "  LAMELLA_URL            the store, where no option names one",
      "  LAMELLA_ACCOUNT        what to sign in with, at whichever store is named;",
      "  LAMELLA_SECRET         both, or none: else what 'lamella login' has kept",
      "  DOCKER_CONFIG          where that is kept (default: ~/.docker)",
      "  LAMELLA_STORAGE_HOSTS  hosts at private addresses that any store may name,",
      "                         such as minio.example, with commas between",
      "  XDG_CACHE_HOME         where pushes note how far they are (default: ~/.cache)",
      "  NO_COLOR               no colours"
    })
public final class Lamella implements Runnable {
  /** By their names, in the order of the help. */
  private static final Map<String, Supplier<Object>> COMMANDS = commands();

  @Spec private @Nullable CommandSpec spec;

  private Lamella() {}

  private static Map<String, Supplier<Object>> commands() {
    Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
    commands.put("push", PushCommand::new);
    commands.put("pull", PullCommand::new);
    commands.put("agent", AgentCommand::new);
    commands.put("images", ImagesCommand::new);
    commands.put("inspect", InspectCommand::new);
    commands.put("tag", TagCommand::new);
    commands.put("delete", DeleteCommand::new);
    commands.put("verify", VerifyCommand::new);
    commands.put("collect", CollectCommand::new);
    commands.put("audit", AuditCommand::new);
    commands.put("login", LoginCommand::new);
    commands.put("logout", LogoutCommand::new);
    commands.put("whoami", WhoamiCommand::new);
    commands.put("account", AccountCommand::line);
    return commands;
  }

  public static void main(String[] arguments) {
    System.exit(execute(arguments));
  }

  /**
   * Runs a command as {@link #main} does, but returns its exit code.
   *
   * @return by {@link ExitCode}
   */
  public static int execute(String... arguments) {
    return line(arguments).execute(arguments);
  }

  /** The command with all of its subcommands, as help and manuals tell of it. */
  public static CommandLine line() {
    return line(new String[0]);
  }

  /** To look at every command costs more time than most commands take: it has what is asked for. */
  private static CommandLine line(String[] arguments) {
    CommandLine line = new CommandLine(new Lamella());
    String first = arguments.length == 0 ? "" : arguments[0];
    if (COMMANDS.containsKey(first)) {
      line.addSubcommand(COMMANDS.get(first).get());
    } else if (!isVersion(arguments)) {
      COMMANDS.values().forEach(command -> line.addSubcommand(command.get()));
      ServiceLoader.load(HostCommand.class).forEach(line::addSubcommand);
      line.addSubcommand(new BenchmarkCommand());
    }
    Terminal terminal = Terminal.ofOutput();
    line.setUsageHelpWidth(Math.clamp(terminal.width(), 55, 100));
    if (!terminal.colours()) {
      line.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
    }
    line.getSubcommands().values().forEach(Lamella::separateAll);
    line.setParameterExceptionHandler(Lamella::explain);
    line.setExecutionExceptionHandler(Lamella::explain);
    line.setExitCodeExceptionMapper(_ -> ExitCode.INTERNAL.value());
    line.getCommandSpec().usageMessage().exitCodeListHeading("%nExit codes:%n");
    Map<String, String> codes = new LinkedHashMap<>();
    for (ExitCode code : ExitCode.values()) {
      codes.put(" " + code.value(), code.meaning());
    }
    line.getCommandSpec().usageMessage().exitCodeList(codes);
    return line;
  }

  private static boolean isVersion(String[] arguments) {
    return arguments.length == 1 && Set.of("-V", "--version").contains(arguments[0]);
  }

  private static void separateAll(CommandLine command) {
    separate(command);
    command.getSubcommands().values().forEach(Lamella::separateAll);
  }

  /** A blank line between a command's description and what it takes. */
  private static void separate(CommandLine command) {
    command
        .getCommandSpec()
        .usageMessage()
        .parameterListHeading("%nArguments:%n")
        .optionListHeading("%nOptions:%n");
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
    Failure failure = new Failure(ExitCode.USAGE, Plain.line(suggestion(e).orElse(firstLine(e))));
    failure.print(command, List.of(arguments));
    command
        .getErr()
        .println("Try '%s --help'.".formatted(command.getCommandSpec().qualifiedName()));
    return failure.exitCode().value();
  }

  /** The command or option that a mistyped one is near to. */
  private static Optional<String> suggestion(ParameterException e) {
    return e instanceof UnmatchedArgumentException unmatched
            && !unmatched.getSuggestions().isEmpty()
        ? Optional.of(
            "there is no '%s'; is '%s' meant?"
                .formatted(
                    unmatched.getUnmatched().getFirst(), unmatched.getSuggestions().getFirst()))
        : Optional.empty();
  }

  private static int explain(Exception e, CommandLine command, ParseResult parsed) {
    Failure failure = Failure.of(e, firstLine(e));
    failure.print(command, parsed.originalArgs());
    if (parsed.originalArgs().contains("--verbose")) {
      StringWriter trace = new StringWriter();
      e.printStackTrace(new PrintWriter(trace));
      trace.toString().lines().map(Lamella::traceLine).forEach(command.getErr()::println);
    }
    return failure.exitCode().value();
  }

  /** What begins with a tab is the trace's own. */
  private static String traceLine(String line) {
    return line.startsWith("\t") ? "\t" + Plain.line(line.strip()) : Plain.line(line);
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }
}
