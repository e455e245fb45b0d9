package dev.lamella.localstack;

import static dev.lamella.localstack.Command.ROOT;

import java.nio.file.Path;
import java.util.Map;
import org.opentest4j.TestAbortedException;

/**
 * The programs that {@code tools/install} installs, of the versions in its lock files.
 *
 * @param folder where they are
 */
record Tools(Path folder) {
  static final Path MODULE = ROOT.resolve("tests/localstack");

  /**
   * Installs what is not there yet.
   *
   * @throws TestAbortedException saying what this machine lacks and how to get it
   */
  static Tools installed() {
    Path folder = MODULE.resolve("target/tools");
    Command.Ended install = Command.run(Map.of(), MODULE.resolve("tools/install"), folder);
    if (install.status() != 0) {
      throw Skipped.because(install.errors().strip().lines().toList().getLast());
    }
    return new Tools(folder);
  }

  Path sam() {
    return folder.resolve("sam/bin/sam");
  }

  Path cfnLint() {
    return folder.resolve("sam/bin/cfn-lint");
  }

  /** AWS's command, which LocalStack comes with. */
  Path aws() {
    return folder.resolve("localstack/bin/aws");
  }

  Path python() {
    return folder.resolve("localstack/bin/python");
  }

  /** AWS's runtime interface emulator, which the SAM CLI comes with. */
  Path emulator() {
    String processor = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "x86_64";
    return folder.resolve(
        "sam/lib/python3.13/site-packages/samcli/local/rapid/aws-lambda-rie-" + processor);
  }
}
