package dev.lamella.clients;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A daemon of the test's own, with all that it keeps below one directory, and its client. */
record Daemon(Process process, Tool client) implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /** Docker's default. */
  private static final String BRIDGE = "docker0";

  /** containerd 2, and its {@code ctr}. */
  static Daemon containerd(Path home) throws IOException, InterruptedException {
    Tool containerd = Tool.find("containerd", home);
    Tool ctr = Tool.find("ctr", home);
    requireRoot("containerd");
    Path socket = home.resolve("containerd.sock");
    Path config = home.resolve("config.toml");
    Files.writeString(
        config,
        """
        version = 3
        root = "%1$s/root"
        state = "%1$s/state"
        disabled_plugins = ["io.containerd.cri.v1.images", "io.containerd.cri.v1.runtime",
          "io.containerd.grpc.v1.cri", "io.containerd.nri.v1.nri"]
        [grpc]
          address = "%2$s"
        [ttrpc]
          address = "%2$s.ttrpc"
        """
            .formatted(home, socket));
    return start(
        containerd.with("--config", config.toString()),
        ctr.with("--address", socket.toString()),
        "version");
  }

  /** Docker's classic one, of whatever version this machine has. */
  static Daemon docker(Path home) throws IOException, InterruptedException {
    return docker(Tool.find("dockerd", home));
  }

  /** Docker 29, which has its images in containerd's store and brings its own containerd up. */
  static Daemon docker29(Path home) throws IOException, InterruptedException {
    Path containerd = Tool.find("containerd", home).program();
    String path = containerd.getParent() + File.pathSeparator + System.getenv("PATH");
    return docker(Tool.find("dockerd-29", home).withEnvironment(Map.of("PATH", path)));
  }

  private static Daemon docker(Tool dockerd) throws IOException, InterruptedException {
    Path home = dockerd.home();
    Tool docker = Tool.find("docker", home);
    requireRoot("dockerd");
    String socket = "unix://" + home.resolve("docker.sock");
    return start(
        dockerd.with(
            "--host",
            socket,
            "--data-root",
            home.resolve("data").toString(),
            "--exec-root",
            home.resolve("exec").toString(),
            "--pidfile",
            home.resolve("docker.pid").toString(),
            // It changes nothing of this machine's network: containers here have none.
            "--iptables=false",
            "--ip6tables=false",
            "--bridge=" + bridge()),
        docker.with("--host", socket),
        "version");
  }

  /** With no bridge at all, one daemon would remove the bridge of another that runs here. */
  private static String bridge() throws IOException {
    return NetworkInterface.getByName(BRIDGE) == null ? "none" : BRIDGE;
  }

  private static void requireRoot(String daemon) {
    assumeTrue(
        "root".equals(System.getProperty("user.name")),
        () -> "Skipped: " + daemon + " needs root: run the tests as root to have it tried");
  }

  private static Daemon start(Tool daemon, Tool client, String question)
      throws IOException, InterruptedException {
    Path log = daemon.home().resolve("daemon.log");
    Daemon started = new Daemon(daemon.start(log, daemon.home().resolve("daemon.err")), client);
    Instant end = Instant.now().plus(PATIENCE);
    while (client.run(question).status() != 0) {
      // A machine may not let one run, as in a container without privileges.
      if (!started.process().isAlive() || Instant.now().isAfter(end)) {
        started.close();
        String last =
            Files.readString(daemon.home().resolve("daemon.err")).lines().reduce("", (_, b) -> b);
        assumeTrue(false, "Skipped: the daemon does not start on this machine: " + last);
      }
      Thread.sleep(100);
    }
    return started;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
  }
}
