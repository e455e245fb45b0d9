package dev.lamella.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
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

  private static final List<String> OTHERS_CHOICES =
      List.of("JAVA_HOME", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "LAMELLA_JAVA_OPTS");

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
    return start(launcher, usual(jdk), arguments);
  }

  private Map<String, String> usual(String jdk) {
    return Map.of(
        "LAMELLA_JAVA_OPTS",
        "-Xmx256m -Dsome=thing",
        "JAVA_HOME",
        directory.resolve(jdk).toString(),
        "PATH",
        directory.resolve("bin") + ":" + System.getenv("PATH"));
  }

  /** With nothing of this machine's that the launcher looks at, but for what is given. */
  private Run start(Path launcher, Map<String, String> environment, String... arguments)
      throws IOException {
    return start(
        Stream.concat(Stream.of(launcher.toString()), Stream.of(arguments)).toList(), environment);
  }

  private Run start(List<String> command, Map<String, String> environment) throws IOException {
    Path output = Files.createTempFile(directory, "output", ".txt");
    Path errors = Files.createTempFile(directory, "errors", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectOutput(output.toFile())
            .redirectError(errors.toFile());
    for (String name : OTHERS_CHOICES) {
      builder.environment().remove(name);
    }
    builder.environment().put("HOME", directory.toString());
    builder.environment().putAll(environment);
    return new Run(builder.start(), output, errors);
  }

  /** As {@link #run}, without a variable that is usually there. */
  Run startWithout(String variable) throws IOException {
    Map<String, String> environment = new HashMap<>(usual("jdk-25"));
    environment.put(variable, "");
    return start(List.of("env", "-u", variable, launcher().toString()), environment);
  }

  /** As a user to whom nothing of the clone belongs: root is asked for another, all may write. */
  Run startAsStranger(String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            Files.isWritable(Path.of("/"))
                ? List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
                : List.of());
    command.add(launcher().toString());
    command.addAll(List.of(arguments));
    return start(command, usual("jdk-25"));
  }

  /** Only root may write to the clone, and everybody may read it, until it is closed. */
  Forbidden forbidden() throws IOException {
    setPermissions(directory, "rwxr-xr-x");
    setPermissions(root, "r-xr-xr-x");
    return () -> setPermissions(root, "rwxr-xr-x");
  }

  /** What is to be undone. */
  interface Forbidden extends AutoCloseable {
    @Override
    void close() throws IOException;
  }

  private static void setPermissions(Path top, String permissions) throws IOException {
    try (Stream<Path> all = Files.walk(top)) {
      for (Path directory : all.filter(Files::isDirectory).toList()) {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(permissions));
      }
    }
  }

  Run run(String... arguments) throws Exception {
    Run run = start(launcher(), "jdk-25", arguments);
    run.status();
    return run;
  }

  /** Runs with something chosen for Java. */
  Run runWith(String variable, String options, String command) throws Exception {
    Run run =
        start(
            launcher(),
            Map.of(
                variable,
                options,
                "JAVA_HOME",
                directory.resolve("jdk-25").toString(),
                "PATH",
                directory.resolve("bin") + ":" + System.getenv("PATH")),
            command);
    run.status();
    return run;
  }

  /** Runs where no JDK 25 is to be found: the places that the launcher knows are all empty. */
  Run runWithoutJdk(Map<String, String> environment) throws Exception {
    Path launcher = root.resolve("elsewhere");
    String script = Files.readString(launcher());
    String places = "(?<=[ \\n])(/usr/lib/jvm|/usr/java|/opt|/Library|/usr/local)/";
    String moved = script.replaceAll(places, Matcher.quoteReplacement("/nowhere/"));
    assertThat(moved).isNotEqualTo(script).doesNotContainPattern(places);
    Files.writeString(launcher, moved);
    Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
    for (String name : List.of("dirname", "readlink")) {
      program("basics/" + name, "#!/bin/sh\nexec " + onPath(name) + " \"$@\"\n");
    }
    Map<String, String> all = new HashMap<>(environment);
    all.put("PATH", directory.resolve("basics").toString());
    Run run = start(launcher, all, "images");
    run.status();
    return run;
  }

  Path jdk(String name) {
    return directory.resolve(name);
  }

  private static Path onPath(String name) {
    return Stream.of(System.getenv("PATH").split(":", -1))
        .map(place -> Path.of(place, name))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow();
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
