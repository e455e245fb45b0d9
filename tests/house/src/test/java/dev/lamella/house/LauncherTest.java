package dev.lamella.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
  @TempDir Path directory;
  private Clone clone;

  @BeforeEach
  void makeClone() throws IOException {
    clone = Clone.below(directory.toRealPath());
  }

  @Test
  void run_throughALinkFromElsewhere_passesEverythingOn() throws Exception {
    Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("a clone", "lamella"));
    Path linkToLink = Files.createSymbolicLink(directory.resolve("further"), link);
    Clone.Run run = clone.start(linkToLink, "jdk-25", "push", "two words", "", "*", "a:b");
    assertThat(run.status()).as(run.errors()).isZero();
    assertThat(run.output())
        .contains("<-Xmx256m>\n<-Dsome=thing>\n", "<-Dlamella.home=" + clone.root() + ">\n")
        .endsWith("<dev.lamella.host.Lamella>\n<push>\n<two words>\n<>\n<*>\n<a:b>\n");
  }

  @Test
  void run_javaHomeIsOlder_takesTheOneOnThePath() throws Exception {
    Clone.Run run = clone.start(clone.launcher(), "jdk-17", "images");
    assertThat(run.status()).isZero();
    assertThat(run.output()).contains("/jdk-25/bin/java>\n").endsWith("<images>\n");
  }

  @Test
  void run_noJdkInReach_saysWhatIsMissing() throws Exception {
    Clone.Run run = clone.runWithoutJdk(Map.of("JAVA_HOME", clone.jdk("jdk-17").toString()));
    assertThat(run.status()).isEqualTo(69);
    assertThat(run.output()).isEmpty();
    assertThat(run.errors())
        .isEqualTo(
            "lamella: needs JDK 25 and finds none: install Temurin 25 (https://adoptium.net), or"
                + " set JAVA_HOME to a JDK 25\n");
    assertThat(clone.runWithoutJdk(Map.of()).status()).isEqualTo(69);
    assertThat(clone.builds()).isZero();
  }

  @Test
  void run_nothingChosen_startsFast() throws Exception {
    assertThat(clone.runWith("UNUSED", "", "images").output())
        .contains("<-XX:+UseSerialGC>", "<-XX:TieredStopAtLevel=1>");
    assertThat(clone.runWith("UNUSED", "", "push").output())
        .contains("<-XX:+UseSerialGC>")
        .doesNotContain("Tiered");
    assertThat(clone.runWith("UNUSED", "", "up").output())
        .contains("<-XX:+UseG1GC>")
        .doesNotContain("Tiered", "Serial");
  }

  /** What is on the command line would win, and Java takes no two collectors. */
  @ParameterizedTest
  @ValueSource(strings = {"JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "LAMELLA_JAVA_OPTS"})
  void run_othersChoice_isRespected(String variable) throws Exception {
    assertThat(clone.runWith(variable, "-XX:+UseParallelGC", "images").output())
        .doesNotContain("Serial")
        .contains("<-XX:TieredStopAtLevel=1>");
    assertThat(clone.runWith(variable, "-XX:+UseZGC", "up").output()).doesNotContain("G1");
    assertThat(clone.runWith(variable, "-XX:TieredStopAtLevel=4", "images").output())
        .doesNotContain("<-XX:TieredStopAtLevel=1>");
    assertThat(clone.runWith(variable, "-XX:-TieredCompilation", "inspect").output())
        .doesNotContain("<-XX:TieredStopAtLevel=1>");
  }

  @Test
  void run_again_buildsNothing() throws Exception {
    assertThat(clone.run().errors()).contains("Building Lamella");
    assertThat(clone.run().errors()).isEmpty();
    assertThat(clone.builds()).isEqualTo(1);
  }

  @Test
  void run_sourceChanged_buildsAgainBesideWhatMayBeRunning() throws Exception {
    String before = clone.run().output();
    clone.age();
    assertThat(clone.run().output()).isNotEqualTo(before);
    assertThat(clone.builds()).isEqualTo(2);
    Path jar = Path.of(before.replaceAll("(?s).*<-cp>\n<([^:]*):.*", "$1"));
    assertThat(jar).hasFileName("lamella-local.jar").exists();
  }

  /** It may be in a home that other users cannot look into, or be emptied. */
  @Test
  void run_localRepositoryGone_stillRuns() throws Exception {
    String output = clone.run().output();
    Files.delete(clone.dependency());
    assertThat(clone.run().status()).isZero();
    assertThat(clone.builds()).isEqualTo(1);
    Files.delete(Path.of(output.replaceAll("(?s).*<-cp>\n<[^:]*:([^:>]*)>.*", "$1")));
    assertThat(clone.run().status()).isEqualTo(70);
    assertThat(clone.builds()).isEqualTo(2);
  }

  @Test
  void run_withoutHome_isNoTrouble() throws Exception {
    Clone.Run run = clone.startWithout("HOME");
    assertThat(run.status()).as(run.errors()).isZero();
  }

  @Test
  void run_byAUserWhoCannotWrite_runsWhatIsBuilt() throws Exception {
    clone.run();
    try (Clone.Forbidden _ = clone.forbidden()) {
      Clone.Run run = clone.startAsStranger("images");
      assertThat(run.status()).as(run.errors()).isZero();
      assertThat(run.output()).endsWith("<images>\n");
    }
  }

  @Test
  void run_byAUserWhoCannotWrite_saysThatItMustBeBuilt() throws Exception {
    try (Clone.Forbidden _ = clone.forbidden()) {
      Clone.Run run = clone.startAsStranger("images");
      assertThat(run.status()).isEqualTo(73);
      assertThat(run.errors()).matches("lamella: must be built, and .* cannot write to [^\n]+\n");
    }
    assertThat(clone.builds()).isZero();
    clone.run();
    clone.age();
    try (Clone.Forbidden _ = clone.forbidden()) {
      assertThat(clone.startAsStranger("images").status()).isEqualTo(73);
    }
    assertThat(clone.builds()).isEqualTo(1);
  }

  @Test
  void run_lockOfANumberThatIsAnotherProcessesNow_isTaken() throws Exception {
    Files.createDirectories(clone.lock().getParent());
    Files.createSymbolicLink(
        clone.lock(), Path.of("process-" + ProcessHandle.current().pid() + "-0"));
    assertThat(clone.run().status()).isZero();
    assertThat(clone.lock()).doesNotExist();
  }

  @Test
  void run_lockThatCannotBeTaken_ends() throws Exception {
    Files.createDirectories(clone.lock().getParent());
    Files.createFile(clone.lock());
    Clone.Run run = clone.run();
    assertThat(run.status()).isEqualTo(73);
    assertThat(run.errors()).startsWith("lamella: cannot take the lock");
  }

  @Test
  void run_buildFails_printsItsErrorsAndTriesAgainNextTime() throws Exception {
    Path broken = Files.createFile(clone.root().resolve("broken"));
    Clone.Run run = clone.run("images");
    assertThat(run.status()).isEqualTo(70);
    assertThat(run.output()).isEmpty();
    assertThat(run.errors())
        .contains("[ERROR] Foo.java:[1,2] not a statement\n")
        .doesNotContain("[INFO]")
        .endsWith(
            "could not be built; the whole log is " + clone.root() + "/target/launcher.log\n");
    Files.delete(broken);
    assertThat(clone.run("images").output()).endsWith("<images>\n");
  }

  @Test
  void run_twoAtFirst_buildOnce() throws Exception {
    Path hold = Files.createFile(clone.root().resolve("hold"));
    Clone.Run first = clone.start(clone.launcher(), "jdk-25", "first");
    await(() -> Files.exists(clone.root().resolve("building")));
    Clone.Run second = clone.start(clone.launcher(), "jdk-25", "second");
    await(() -> second.errors().contains("Waiting for another build"));
    Files.delete(hold);
    assertThat(first.status()).isZero();
    assertThat(second.status()).isZero();
    assertThat(first.output()).endsWith("<first>\n");
    assertThat(second.output()).endsWith("<second>\n");
    assertThat(clone.builds()).isEqualTo(1);
  }

  @Test
  void run_lockOfADeadProcess_isTaken() throws Exception {
    Process dead = new ProcessBuilder("true").start();
    dead.waitFor();
    Files.createDirectories(clone.lock().getParent());
    Files.createSymbolicLink(clone.lock(), Path.of("process-" + dead.pid()));
    assertThat(clone.run().status()).isZero();
    assertThat(clone.lock()).doesNotExist();
  }

  @Test
  void terminated_whileBuilding_endsTheBuildAndGivesTheLockBack() throws Exception {
    Files.createFile(clone.root().resolve("hold"));
    Clone.Run run = clone.start(clone.launcher(), "jdk-25");
    await(() -> Files.exists(clone.root().resolve("building")));
    ProcessHandle build = run.process().children().findFirst().orElseThrow();
    run.process().destroy();
    assertThat(run.status()).isEqualTo(143);
    assertThat(Files.exists(clone.lock(), LinkOption.NOFOLLOW_LINKS)).isFalse();
    await(() -> !build.isAlive());
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("time").isLessThan(deadline);
      Thread.sleep(20);
    }
  }
}
