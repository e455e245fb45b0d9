package dev.lamella.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.Digest;
import dev.lamella.host.agent.Agent;
import dev.lamella.host.agent.AgentOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Layers that no single request to the store can carry, through the agent: every client's. */
class AgentClientsTest extends StackTest {
  private final List<String> log = new CopyOnWriteArrayList<>();
  private Agent agent;
  private Layout image;

  @BeforeAll
  void make() throws IOException {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    agent = Agent.start(AgentOptions.of(any, endpoint(), 16), log::add);
    image = Layout.random(directory(), 21, 1000, LARGE, 12 << 20);
  }

  @AfterAll
  void stopAgent() {
    agent.close();
  }

  /** To which clients go instead of the store. */
  private String through() {
    return agent.endpoint().getAuthority();
  }

  @ParameterizedTest
  @EnumSource
  void image_pushedThroughTheAgent_comesBackThroughItAndPastIt(Client client) throws IOException {
    // Each has layers of its own: regctl mounts what is there, whoever pushed it.
    Layout image = Layout.random(directory(), client.word().hashCode(), 1000, LARGE, 12 << 20);
    Tool tool = client.tool(directory(), through());
    String name = "/agent/" + client.word() + ":1";
    client.push(tool, image, through() + name).succeeded();
    Path pulled = directory();
    client.pull(tool, through() + name, pulled).succeeded();
    image.isIn(pulled);
    assertThat(client.tags(tool, through() + "/agent/" + client.word()).succeeded()).contains("1");
    for (Digest layer : image.layers()) {
      assertThat(log).anyMatch(isLine("push", "agent/" + client.word(), layer));
      assertThat(log).anyMatch(isLine("pull", "agent/" + client.word(), layer));
    }
    Path past = directory();
    LamellaHost.pull(endpoint(), name.substring(1), past);
    image.isIn(past);
    client.delete(tool, through() + "/agent/" + client.word(), image).succeeded();
    client.pull(tool, through() + name, directory()).failed();
  }

  private static Predicate<String> isLine(String what, String name, Digest layer) {
    return line -> line.startsWith("%s %s %s: ".formatted(what, name, layer));
  }

  @Test
  void image_isPulledPushedAndPulledByPodman() throws IOException {
    LamellaHost.push(endpoint(), image, "agent/podman:1");
    Tool podman = Podman.tool(directory());
    String from = through() + "/agent/podman:1";
    String to = through() + "/agent/pushed:1";
    podman.run("pull", "--quiet", "--tls-verify=false", "docker://" + from).succeeded();
    podman.run("push", "--tls-verify=false", from, "docker://" + to).succeeded();
    podman.run("rmi", "--force", from).succeeded();
    String id =
        podman.run("pull", "--quiet", "--tls-verify=false", "docker://" + to).succeeded().strip();
    assertThat(podman.run("image", "inspect", id).succeeded()).contains("agent/pushed");
  }

  /** The classic store, which sends a layer in one PATCH. */
  @Test
  void image_isPulledPushedAndPulledByDocker() throws Exception {
    Path crane = Tool.find("crane", directory()).program();
    Layout app = Layout.ofProgram(directory(), crane, List.of("version"));
    LamellaHost.push(endpoint(), app, "agent/docker:1");
    String from = through() + "/agent/docker:1";
    String to = through() + "/agent/docker:2";
    try (Daemon daemon = Daemon.docker(directory())) {
      Tool docker = daemon.client();
      docker.run("pull", from).succeeded();
      docker.run("tag", from, to).succeeded();
      docker.run("push", to).succeeded();
      docker.run("rmi", "--force", from, to).succeeded();
      docker.run("pull", to).succeeded();
      assertThat(docker.run("run", "--rm", "--network", "none", to).succeeded()).startsWith("v");
    }
  }

  /** Its default store, which sends a layer in one PUT. */
  @Test
  void image_isPushedAndPulledByContainerd() throws Exception {
    String name = through() + "/agent/containerd";
    try (Daemon daemon = Daemon.containerd(directory())) {
      Tool ctr = daemon.client();
      Path archive = image.archive(ctr.home().resolve("image.tar"));
      ctr.run("images", "import", "--no-unpack", "--base-name", name, archive.toString())
          .succeeded();
      ctr.run("images", "push", "--plain-http", name + ":1").succeeded();
    }
    try (Daemon other = Daemon.containerd(directory())) {
      Tool ctr = other.client();
      ctr.run("images", "pull", "--plain-http", name + ":1").succeeded();
      assertThat(ctr.run("content", "ls", "--quiet").succeeded())
          .contains(image.manifest().toString());
    }
  }
}
