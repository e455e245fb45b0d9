package dev.lamella.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** A layer that no single request can carry. */
class LargeLayerTest extends StackTest {
  private Layout image;
  private Layout tooLarge;

  @BeforeAll
  void make() throws IOException {
    image = Layout.random(directory(), 4, LARGE);
    tooLarge = Layout.random(directory(), 5, 12 << 20);
    LamellaHost.push(endpoint(), image, "large/lamella:1");
  }

  @ParameterizedTest
  @EnumSource
  void image_ofLamellaPush_isPulledByEveryClient(Client client) throws IOException {
    Path pulled = directory();
    client
        .pull(client.tool(directory(), registry()), registry() + "/large/lamella:1", pulled)
        .succeeded();
    image.isIn(pulled);
  }

  @Test
  void image_ofLamellaPush_isPulledByPodman() throws IOException {
    Tool podman = Podman.tool(directory());
    String name = "docker://" + registry() + "/large/lamella:1";
    String id = podman.run("pull", "--quiet", "--tls-verify=false", name).succeeded().strip();
    assertThat(podman.run("image", "inspect", id).succeeded())
        .contains(image.manifest().toString());
  }

  @Test
  void image_pushedInChunksByRegctl_isWhole() throws IOException {
    Tool regctl = Client.REGCTL.tool(directory(), registry());
    Client.REGCTL.push(regctl, image, registry() + "/large/regctl:1").succeeded();
    Path pulled = directory();
    Client.CRANE
        .pull(Client.CRANE.tool(directory(), registry()), registry() + "/large/regctl:1", pulled)
        .succeeded();
    image.isIn(pulled);
  }

  /** They send a layer in one request and follow no redirect: only another way helps. */
  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "REGCTL")
  void image_pushedByAClientThatCannot_isRefusedAndNotThere(Client client) throws IOException {
    Tool tool = client.tool(directory(), registry());
    String name = registry() + "/refused/" + client.word() + ":1";
    String said = client.push(tool, tooLarge, name).failed();
    assertThat(said).contains("lamella push");
    client.pull(tool, name, directory()).failed();
  }
}
