package dev.lamella.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.access.Action;
import dev.lamella.host.agent.Agent;
import dev.lamella.host.agent.AgentOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The clients that people have, at a store that asks who calls. */
class SignInTest extends AskingStackTest {
  private Layout image;
  private Layout other;
  private String writer = "";
  private String reader = "";

  @BeforeAll
  void make() throws IOException {
    image = Layout.random(directory(), 31, 1000, 3 << 20);
    other = Layout.random(directory(), 32, 1000);
    writer = account(WRITER, "team/*", Action.PULL, Action.PUSH);
    reader = account(READER, "team/*", Action.PULL);
  }

  @ParameterizedTest
  @EnumSource
  void client_thatSignsIn_doesWhatItsAccountMay(Client client) throws IOException {
    Tool tool = client.tool(directory(), registry()).withEnvironment(settings(directory()));
    String name = registry() + "/team/" + client.word();
    client.push(tool, image, name + ":1").failed();
    // crane keeps whatever it is given; the others ask the store first.
    var _ = client.login(tool, registry(), WRITER, "lam_wrong");
    client.push(tool, image, name + ":1").failed();
    client.login(tool, registry(), WRITER, writer).succeeded();
    client.push(tool, image, name + ":1").succeeded();
    Path pulled = directory();
    client.pull(tool, name + ":1", pulled).succeeded();
    image.isIn(pulled);
    assertThat(client.tags(tool, name).succeeded()).contains("1");
    // What it was not granted: another's repository, a tag that is there, a deletion.
    client.push(tool, image, registry() + "/stranger/" + client.word() + ":1").failed();
    client.push(tool, other, name + ":1").failed();
    client.delete(tool, name, image).failed();
    client.logout(tool, registry()).succeeded();
    client.pull(tool, name + ":1", directory()).failed();

    client.login(tool, registry(), READER, reader).succeeded();
    Path again = directory();
    client.pull(tool, name + ":1", again).succeeded();
    image.isIn(again);
    client.push(tool, other, name + ":2").failed();
  }

  @Test
  void podman_thatSignsIn_pullsAndPushes() throws IOException {
    LamellaHost.push(client(WRITER, writer, push("team/podman")), image, "team/podman:1");
    Tool podman = Podman.tool(directory()).withEnvironment(settings(directory()));
    String from = "docker://" + registry() + "/team/podman:1";
    podman.run("pull", "--quiet", "--tls-verify=false", from).failed();
    podman.run("login", "--tls-verify=false", "-u", WRITER, "-p", writer, registry()).succeeded();
    String id = podman.run("pull", "--quiet", "--tls-verify=false", from).succeeded().strip();
    String to = "docker://" + registry() + "/team/podman:2";
    podman.run("push", "--tls-verify=false", id, to).succeeded();
    podman.run("logout", registry()).succeeded();
    podman.run("push", "--tls-verify=false", id, to).failed();
  }

  @Test
  void buildah_thatSignsIn_pullsAndPushes() throws IOException {
    LamellaHost.push(client(WRITER, writer, push("team/buildah")), image, "team/buildah:1");
    Tool buildah = Podman.buildah(directory()).withEnvironment(settings(directory()));
    String from = "docker://" + registry() + "/team/buildah:1";
    buildah.run("pull", "--quiet", "--tls-verify=false", from).failed();
    buildah
        .run("login", "--tls-verify=false", "-u", WRITER, "-p", "lam_wrong", registry())
        .failed();
    buildah.run("login", "--tls-verify=false", "-u", WRITER, "-p", writer, registry()).succeeded();
    String id = buildah.run("pull", "--quiet", "--tls-verify=false", from).succeeded().strip();
    String to = "docker://" + registry() + "/team/buildah:2";
    buildah.run("push", "--tls-verify=false", id, to).succeeded();
    String stranger = "docker://" + registry() + "/stranger/app:1";
    buildah.run("push", "--tls-verify=false", id, stranger).failed();
    buildah.run("logout", registry()).succeeded();
    buildah.run("push", "--tls-verify=false", id, to).failed();
  }

  /** Charts are artifacts as others. */
  @Test
  void helm_thatSignsIn_pushesAndPullsCharts() throws IOException {
    Path home = directory();
    Tool helm =
        Tool.find("helm", home)
            .withEnvironment(Map.of("HELM_REGISTRY_CONFIG", home.resolve("auth.json").toString()));
    Path chart = Files.createDirectory(home.resolve("chart"));
    Files.writeString(chart.resolve("Chart.yaml"), "apiVersion: v2\nname: chart\nversion: 1.2.3\n");
    helm.run("package", chart.toString()).succeeded();
    String packed = home.resolve("chart-1.2.3.tgz").toString();
    String team = "oci://" + registry() + "/team";
    helm.run("push", packed, team, "--plain-http").failed();
    helm.run("registry", "login", registry(), "--plain-http", "-u", WRITER, "-p", "lam_wrong")
        .failed();
    helm.run("registry", "login", registry(), "--plain-http", "-u", WRITER, "-p", writer)
        .succeeded();
    helm.run("push", packed, team, "--plain-http").succeeded();
    helm.run("push", packed, "oci://" + registry() + "/stranger", "--plain-http").failed();
    Path pulled = directory();
    String name = team + "/chart";
    helm.run("pull", name, "--version", "1.2.3", "--plain-http", "-d", pulled.toString())
        .succeeded();
    assertThat(pulled.resolve("chart-1.2.3.tgz")).hasSameBinaryContentAs(Path.of(packed));
    helm.run("registry", "logout", registry()).succeeded();
    helm.run("pull", name, "--version", "1.2.3", "--plain-http", "-d", directory().toString())
        .failed();
  }

  /** Docker 29, which sends layers to where the edge redirects it. */
  @Test
  void docker29_thatSignsIn_pullsAndPushes() throws Exception {
    try (Daemon daemon = Daemon.docker29(directory())) {
      docker(daemon, "docker29");
    }
  }

  @Test
  void docker_thatSignsIn_pullsAndPushes() throws Exception {
    try (Daemon daemon = Daemon.docker(directory())) {
      docker(daemon, "docker");
    }
  }

  private void docker(Daemon daemon, String word) throws IOException {
    LamellaHost.push(client(WRITER, writer, push("team/" + word)), image, "team/" + word + ":1");
    Tool docker = daemon.client().withEnvironment(settings(directory()));
    String from = registry() + "/team/" + word + ":1";
    String to = registry() + "/team/" + word + ":2";
    docker.run("pull", from).failed();
    docker.run("login", "-u", WRITER, "-p", "lam_wrong", registry()).failed();
    docker.run("login", "-u", WRITER, "-p", writer, registry()).succeeded();
    docker.run("pull", from).succeeded();
    docker.run("tag", from, to).succeeded();
    docker.run("push", to).succeeded();
    docker.run("tag", from, registry() + "/stranger/app:1").succeeded();
    docker.run("push", registry() + "/stranger/app:1").failed();
    docker.run("logout", registry()).succeeded();
    docker.run("push", to).failed();
  }

  @Test
  void containerd_withItsUser_pullsAndPushes() throws Exception {
    String name = registry() + "/team/containerd";
    String user = WRITER + ":" + writer;
    try (Daemon daemon = Daemon.containerd(directory())) {
      Tool ctr = daemon.client();
      Path archive = image.archive(ctr.home().resolve("image.tar"));
      ctr.run("images", "import", "--no-unpack", "--base-name", name, archive.toString())
          .succeeded();
      ctr.run("images", "push", "--plain-http", name + ":1").failed();
      ctr.run("images", "push", "--plain-http", "--user", user, name + ":1").succeeded();
    }
    try (Daemon daemon = Daemon.containerd(directory())) {
      Tool ctr = daemon.client();
      ctr.run("images", "pull", "--plain-http", name + ":1").failed();
      ctr.run("images", "pull", "--plain-http", "--user", READER + ":" + reader, name + ":1")
          .succeeded();
    }
  }

  /** As a node names a store: by a name of its own, which a file says the place of. */
  @Test
  void containerd_withItsHostsFile_pullsAndPushes() throws Exception {
    Path hosts = directory();
    Path file = Files.createDirectory(hosts.resolve("store.test")).resolve("hosts.toml");
    Files.writeString(
        file,
        """
        server = "%1$s"
        [host."%1$s"]
          capabilities = ["pull", "resolve", "push"]
        """
            .formatted(endpoint()));
    String name = "store.test/team/hosts";
    try (Daemon daemon = Daemon.containerd(directory())) {
      Tool ctr = daemon.client();
      Path archive = image.archive(ctr.home().resolve("image.tar"));
      ctr.run("images", "import", "--no-unpack", "--base-name", name, archive.toString())
          .succeeded();
      String[] push = {"images", "push", "--hosts-dir", hosts.toString()};
      ctr.with(push).run(name + ":1").failed();
      ctr.with(push).run("--user", READER + ":" + reader, name + ":1").failed();
      ctr.with(push).run("--user", WRITER + ":" + writer, name + ":1").succeeded();
    }
    try (Daemon daemon = Daemon.containerd(directory())) {
      Tool ctr = daemon.client();
      String[] pull = {"images", "pull", "--hosts-dir", hosts.toString()};
      ctr.with(pull).run(name + ":1").failed();
      ctr.with(pull).run("--user", READER + ":lam_wrong", name + ":1").failed();
      ctr.with(pull).run("--user", READER + ":" + reader, name + ":1").succeeded();
    }
  }

  /** The client's own secret and tokens go through; the agent has none. */
  @ParameterizedTest
  @EnumSource
  void client_thatSignsInThroughTheAgent_pushesAndPullsLargeLayers(Client client)
      throws IOException {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    Layout large = Layout.random(directory(), client.word().hashCode(), 12 << 20);
    try (Agent agent = Agent.start(AgentOptions.of(any, endpoint(), 16), _ -> {})) {
      String through = agent.endpoint().getAuthority();
      Tool tool = client.tool(directory(), through).withEnvironment(settings(directory()));
      String name = through + "/team/agent-" + client.word();
      client.push(tool, large, name + ":1").failed();
      client.login(tool, through, WRITER, writer).succeeded();
      client.push(tool, large, name + ":1").succeeded();
      Path pulled = directory();
      client.pull(tool, name + ":1", pulled).succeeded();
      large.isIn(pulled);
      client.push(tool, large, through + "/stranger/" + client.word() + ":1").failed();
      client.logout(tool, through).succeeded();
      client.pull(tool, name + ":1", directory()).failed();
    }
  }
}
