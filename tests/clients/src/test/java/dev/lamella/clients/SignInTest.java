package dev.lamella.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.NamePattern;
import dev.lamella.core.access.AccountName;
import dev.lamella.core.access.Action;
import dev.lamella.core.access.Grant;
import dev.lamella.core.access.TokenScope;
import dev.lamella.core.api.AccountRequest;
import dev.lamella.host.agent.Agent;
import dev.lamella.host.agent.AgentOptions;
import dev.lamella.host.credentials.Credential;
import dev.lamella.host.store.Retries;
import dev.lamella.host.store.StoreClient;
import dev.lamella.local.LocalStackOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The clients that people have, at a store that asks who calls. */
class SignInTest extends StackTest {
  private static final String WRITER = "writer";
  private static final String READER = "reader";

  private Layout image;
  private Layout other;
  private String writer = "";
  private String reader = "";

  @Override
  LocalStackOptions options(LocalStackOptions options) {
    return super.options(options).withSignIn();
  }

  @BeforeAll
  void make() throws IOException {
    image = Layout.random(directory(), 31, 1000, 3 << 20);
    other = Layout.random(directory(), 32, 1000);
    writer = account(WRITER, "team/*", Action.PULL, Action.PUSH);
    reader = account(READER, "team/*", Action.PULL);
  }

  private String account(String name, String repositories, Action... actions) throws IOException {
    return administrator()
        .accounts()
        .add(
            new AccountRequest(
                new AccountName(name),
                false,
                List.of(new Grant(new NamePattern(repositories), Set.of(actions))),
                Optional.empty(),
                Optional.empty()))
        .secret()
        .orElseThrow();
  }

  private StoreClient administrator() throws IOException {
    return client(AccountName.ADMINISTRATOR.value(), administratorSecret(), TokenScope.STORE);
  }

  private StoreClient client(String account, String secret, String... scopes) {
    return new StoreClient(endpoint(), Retries.DEFAULT)
        .signedIn(
            Optional.of(new Credential.Password(account, secret, "the test")), List.of(scopes));
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

  private static String[] push(String repository) {
    return new String[] {"repository:" + repository + ":pull,push"};
  }

  /** Where clients keep what one signs in with. */
  private static Map<String, String> settings(Path directory) {
    return Map.of(
        "DOCKER_CONFIG", directory.toString(),
        "REGISTRY_AUTH_FILE", directory.resolve("auth.json").toString(),
        "REGCTL_CONFIG", directory.resolve("regctl.json").toString());
  }
}
