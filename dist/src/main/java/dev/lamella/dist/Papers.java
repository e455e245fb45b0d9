package dev.lamella.dist;

import dev.lamella.host.Lamella;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.codegen.docgen.manpage.ManPageGenerator;

/** Writes what comes beside the command: sources of its manual pages, and a shell's completion. */
public final class Papers {
  private Papers() {}

  /**
   * @param arguments the directory that gets {@code manual/} and {@code completion/lamella}
   */
  public static void main(String[] arguments) throws IOException {
    Path directory = Path.of(arguments[0]);
    CommandLine line = Lamella.line();
    Path completion = Files.createDirectories(directory.resolve("completion")).resolve("lamella");
    Files.writeString(completion, AutoComplete.bash("lamella", line));
    List<CommandSpec> commands = new ArrayList<>();
    collect(line, commands);
    int code =
        ManPageGenerator.generateManPage(
            Files.createDirectories(directory.resolve("manual")).toFile(),
            null,
            new boolean[0],
            true,
            commands.toArray(CommandSpec[]::new));
    if (code != 0) {
      throw new IllegalStateException("the manual pages could not be written: " + code);
    }
  }

  private static void collect(CommandLine line, List<CommandSpec> commands) {
    commands.add(line.getCommandSpec());
    line.getSubcommands().values().forEach(command -> collect(command, commands));
  }
}
