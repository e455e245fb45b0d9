package dev.lamella.host;

import dev.lamella.host.agent.Agent;
import dev.lamella.host.agent.AgentOptions;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code lamella agent}. */
@Command(
    name = "agent",
    mixinStandardHelpOptions = true,
    header = "Stands between other clients and a store, and moves their layers in parallel.",
    description = {
      "",
      "Clients push to and pull from the agent as from any registry, without TLS, since it is on"
          + " the same machine. What says who they are goes to the store with their requests."
          + " Every byte of a layer is proven before a client gets it.",
      "",
      "It runs until it is ended (SIGTERM), and then gives transfers half a minute."
    },
    footer = {
      "",
      "Examples:",
      "  lamella agent --to https://registry.example.com",
      "  docker push 127.0.0.1:5001/team/app:1"
    })
final class AgentCommand implements Callable<Integer> {
  private static final Pattern ADDRESS =
      Pattern.compile("(?:\\[([^\\]]+)]|([^:\\[\\]]+)):(\\d{1,5})");
  private static final int MOST_PORT = 65_535;
  private static final Duration GRACE = Duration.ofSeconds(30);

  @Mixin private StoreOptions store = new StoreOptions();

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:5001",
      description = "Where clients reach it (default: ${DEFAULT-VALUE}).")
  private String listen = "127.0.0.1:5001";

  @Option(
      names = "--insecure-listen",
      description =
          "Listen where other machines may reach it, without TLS: they can read what passes.")
  private boolean insecure;

  @Option(
      names = "--parallel",
      paramLabel = "N",
      defaultValue = "32",
      description = "Connections for layers at a time (default: ${DEFAULT-VALUE}).")
  private int parallel = 32;

  @Override
  public Integer call() throws IOException, InterruptedException {
    URI to = store.url(System.getenv());
    AgentOptions options = AgentOptions.of(address(), to, parallel());
    Agent agent = Agent.start(options, AgentCommand::log);
    CountDownLatch ended = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  log("ending: transfers have " + GRACE.toSeconds() + " s");
                  agent.stop(GRACE);
                  log("ended");
                  ended.countDown();
                }));
    log("the agent of %s is at %s".formatted(to, agent.endpoint()));
    ended.await();
    return ExitCode.OK.value();
  }

  private static void log(String line) {
    System.err.println(Instant.now().truncatedTo(ChronoUnit.MILLIS) + " " + line);
  }

  private int parallel() {
    if (parallel < 1) {
      throw usage("--parallel is at least 1, not " + parallel);
    }
    return parallel;
  }

  private InetSocketAddress address() {
    Matcher address = ADDRESS.matcher(listen);
    int port = address.matches() ? Integer.parseInt(address.group(3)) : -1;
    if (port < 0 || port > MOST_PORT) {
      throw usage("--listen is such as 127.0.0.1:5001 or [::1]:5001, not '%s'".formatted(listen));
    }
    String host = address.group(1) == null ? address.group(2) : address.group(1);
    InetSocketAddress found = new InetSocketAddress(host, port);
    if (found.isUnresolved()) {
      throw usage("--listen: there is no host " + host);
    }
    if (!found.getAddress().isLoopbackAddress() && !insecure) {
      throw usage(
          "--listen %s is reached by other machines, without TLS: use 127.0.0.1, or say"
                  .formatted(listen)
              + " --insecure-listen");
    }
    return found;
  }

  private static HostFailure usage(String message) {
    return new HostFailure(ExitCode.USAGE, message);
  }
}
