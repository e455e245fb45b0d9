package dev.lamella.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.host.Lamella;
import dev.lamella.host.outcome.ExitCode;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** The commands of this module as a user runs them: arguments in, lines and exit code out. */
@Timeout(120)
@Isolated("it takes over standard output")
class UpTest {
  /** What a shell says of a process that SIGTERM ended. */
  private static final int TERMINATED = 128 + 15;

  @TempDir Path directory;

  @Test
  void up_dataIsAFile_saysSo() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "mine");
    assertThat(failed(ExitCode.IO, up(file)))
        .isEqualTo("lamella: cannot keep data in " + file + ": " + file + " is not a directory\n");
    assertThat(failed(ExitCode.IO, up(file.resolve("below"))))
        .startsWith("lamella: cannot keep data in " + file.resolve("below") + ": ");
    assertThat(file).hasContent("mine");
  }

  @Test
  void up_whatAnotherHas_isInUse() throws IOException {
    Path data = directory.resolve("data");
    try (LocalStack running = LocalStack.start(LocalStackOptions.of(SmallStack.file(), data));
        ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThat(failed(ExitCode.IN_USE, up(data)))
          .startsWith("lamella: the data directory " + data + " is in use");
      String port = Integer.toString(taken.getLocalPort());
      assertThat(failed(ExitCode.IN_USE, up(directory.resolve("other"), "--port", port)))
          .startsWith("lamella: port " + port + " is in use");
      assertThat(running.endpoint()).isNotNull();
    }
  }

  @Test
  void up_commandLineThatIsWrong_isSaidToBe() {
    assertThat(failed(ExitCode.USAGE, "up", "--template", "no.yaml", "--data", "" + directory))
        .isEqualTo("lamella: there is no template no.yaml\n");
    assertThat(failed(ExitCode.USAGE, up(directory, "--parameter", "ApiType=SOAP")))
        .contains("ApiType");
    assertThat(failed(ExitCode.USAGE, up(directory, "--port", "70000"))).contains("70000");
    assertThat(failed(ExitCode.USAGE, up(directory, "--s3-latency", "-1"))).contains("latency");
  }

  /** Where these tests run there is none, and no launcher that names one. */
  @Test
  void demo_noTemplate_saysSo() {
    assertThat(failed(ExitCode.USAGE, "demo"))
        .isEqualTo("lamella: there is no template template.yaml\n");
  }

  @Test
  void up_terminated_closesTheStoreAndSaysSo() throws Exception {
    Path data = directory.resolve("data");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Lamella.class.getName()));
    command.addAll(Arrays.asList(up(data, "--port", "0", "--auth")));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (BufferedReader lines = process.inputReader()) {
      List<String> said = new ArrayList<>();
      String line = lines.readLine();
      while (line != null && !line.startsWith("Push an image:")) {
        said.add(line);
        line = lines.readLine();
      }
      assertThat(line).as("the last line of its start").isNotNull();
      Path secret = data.toAbsolutePath().resolve("secrets/lamella-AdministratorSecret");
      assertThat(said)
          .contains(
              "Who uses it has to sign in. The secret of the administrator is in " + secret + ":");
      assertThat(secret).content().matches("[A-Za-z0-9]{43}");

      process.toHandle().destroy(); // Process.destroy would close its output too.

      assertThat(lines.lines()).containsExactly("Lamella has stopped; what it holds is in " + data);
      assertThat(process.waitFor()).isEqualTo(TERMINATED);
    } finally {
      process.destroyForcibly();
    }
    LocalStack.start(LocalStackOptions.of(SmallStack.file(), data)).close();
  }

  private static String[] up(Path data, String... more) {
    return Stream.concat(
            Stream.of("up", "--template", SmallStack.file().toString(), "--data", data.toString()),
            Stream.of(more.length == 0 ? new String[] {"--port", "0"} : more))
        .toArray(String[]::new);
  }

  /** The one line that the command says where it ends with this exit code. */
  private static String failed(ExitCode expected, String... command) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream realOut = System.out;
    PrintStream realErr = System.err;
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      int code = Lamella.execute(command);
      String text = out.toString(StandardCharsets.UTF_8);
      assertThat(code).as(text).isEqualTo(expected.value());
      String said = text.replaceFirst("^Starting a store.*\n", "");
      assertThat(said).matches("lamella: [^\n]+\n");
      return said;
    } finally {
      System.setOut(realOut);
      System.setErr(realErr);
    }
  }
}
