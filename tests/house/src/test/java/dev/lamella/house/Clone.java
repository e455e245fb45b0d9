package dev.lamella.house;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A clone with the real launcher, and with a Maven and a JDK 25 of shell: this Maven notes its
 * builds, this Java prints its arguments.
 */
final class Clone {
  private static final String MAVEN =
      """
      #!/bin/sh
      home=$(dirname "$3")
      mkdir "$home/building" || exit 1
      echo build >>"$home/builds"
      while [ -e "$home/hold" ]; do sleep 0.05; done
      rmdir "$home/building"
      if [ -e "$home/broken" ]; then
        echo '[INFO] Building'
        echo '[ERROR] Foo.java:[1,2] not a statement'
        exit 1
      fi
      mkdir -p "$home/local/target"
      : >"$home/local/target/lamella-local.jar"
      printf '%s' "$(dirname "$home")/dependency.jar" >"$home/local/target/classpath.txt"
      """;

  private static final String JAVA =
      """
      #!/bin/sh
      for argument in "$0" "$@"; do printf '%s\\n' "<$argument>"; done
      """;

  private final Path directory;
  private final Path root;

  private Clone(Path directory) {
    this.directory = directory;
    this.root = directory.resolve("a clone");
  }

  /** A clone in a directory of its own below, whose path has a space in it. */
  static Clone below(Path directory) throws IOException {
    Clone clone = new Clone(directory);
    for (String name : List.of("functions/core", "host", "local")) {
      Path source = Files.createDirectories(clone.root.resolve(name).resolve("src/main/java"));
      Files.createFile(clone.root.resolve(name).resolve("pom.xml"));
      Files.createFile(source.resolve("Some.java"));
    }
    Files.createFile(clone.root.resolve("pom.xml"));
    Files.createFile(clone.dependency());
    Files.copy(Repository.here().root().resolve("lamella"), clone.launcher());
    clone.program("bin/mvn", MAVEN);
    clone.jdk("jdk-17", "17.0.15");
    clone.jdk("jdk-25", "25.0.3");
    Files.createSymbolicLink(directory.resolve("bin/java"), Path.of("..", "jdk-25", "bin", "java"));
    return clone;
  }

  Path root() {
    return root;
  }

  Path launcher() {
    return root.resolve("lamella");
  }

  Path dependency() {
    return directory.resolve("dependency.jar");
  }

  Path lock() {
    return root.resolve("target/launcher.lock");
  }

  /** Starts a launcher (this clone's, or a link to it) in a directory that is not the clone's. */
  Run start(Path launcher, String jdk, String... arguments) throws IOException {
    Path output = Files.createTempFile(directory, "output", ".txt");
    Path errors = Files.createTempFile(directory, "errors", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(
                Stream.concat(Stream.of(launcher.toString()), Stream.of(arguments)).toList())
            .directory(directory.toFile())
            .redirectOutput(output.toFile())
            .redirectError(errors.toFile());
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    builder.environment().put("LAMELLA_JAVA_OPTS", "-Xmx256m -Dsome=thing");
    builder.environment().put("JAVA_HOME", directory.resolve(jdk).toString());
    builder.environment().put("HOME", directory.toString());
    builder
        .environment()
        .merge("PATH", directory.resolve("bin").toString(), (path, bin) -> bin + ":" + path);
    return new Run(builder.start(), output, errors);
  }

  Run run(String... arguments) throws Exception {
    Run run = start(launcher(), "jdk-25", arguments);
    run.status();
    return run;
  }

  long builds() throws IOException {
    Path builds = root.resolve("builds");
    return Files.exists(builds) ? Files.readAllLines(builds).size() : 0;
  }

  /** Makes the last build older than every source. */
  void age() throws IOException {
    Files.setLastModifiedTime(
        root.resolve("local/target/launcher/stamp"), FileTime.fromMillis(1_000_000_000_000L));
  }

  private void jdk(String name, String version) throws IOException {
    program(name + "/bin/java", JAVA);
    program(name + "/bin/javac", JAVA);
    Files.writeString(
        directory.resolve(name).resolve("release"),
        "IMPLEMENTOR=\"Some\"\nJAVA_VERSION=\"" + version + "\"\n");
  }

  private void program(String name, String script) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.resolveSibling("."));
    Files.writeString(file, script);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** One run of the launcher. */
  record Run(Process process, Path out, Path err) {
    int status() throws InterruptedException {
      if (!process.waitFor(1, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new IllegalStateException("The launcher did not end: " + Repository.text(err));
      }
      return process.exitValue();
    }

    String output() {
      return Repository.text(out);
    }

    String errors() {
      return Repository.text(err);
    }
  }
}
