package dev.lamella.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Images as every client can push them: of layers that fit into one request. */
class ClientsTest extends StackTest {
  private Layout image;

  @BeforeAll
  void make() throws IOException {
    image = Layout.random(directory(), 1, 0, 1000, 3_000_000);
  }

  @ParameterizedTest
  @EnumSource
  void image_pushedCopiedListedAndDeleted_isThereAndGone(Client client) throws IOException {
    Tool tool = client.tool(directory(), registry());
    String one = registry() + "/" + client.word() + "/one";
    String two = registry() + "/" + client.word() + "/two";
    client.push(tool, image, one + ":1").succeeded();

    Path pulled = directory();
    client.pull(tool, one + ":1", pulled).succeeded();
    image.isIn(pulled);

    client.copy(tool, one + ":1", two + ":other").succeeded();
    assertThat(client.tags(tool, two).succeeded()).contains("other");
    Path copied = directory();
    client.pull(tool, two + ":other", copied).succeeded();
    image.isIn(copied);

    client.delete(tool, two, image).succeeded();
    client.pull(tool, two + ":other", directory()).failed();
    client.pull(tool, one + ":1", directory()).succeeded();
  }

  @Test
  void artifact_attachedToAnImage_isFoundByIt() throws IOException {
    Tool oras = Client.ORAS.tool(directory(), registry());
    String name = registry() + "/referrers/app";
    Client.ORAS.push(oras, image, name + ":1").succeeded();
    Files.writeString(oras.home().resolve("sbom.json"), "{}");
    String type = "application/vnd.example.sbom";
    oras.run("attach", "--plain-http", "--artifact-type", type, name + ":1", "sbom.json:text/plain")
        .succeeded();
    oras.run("attach", "--plain-http", "--artifact-type", "a/other", name + ":1", "sbom.json")
        .succeeded();

    String found =
        oras.run(
                "discover",
                "--plain-http",
                "--artifact-type",
                type,
                "--format",
                "json",
                name + ":1")
            .succeeded();
    assertThat(found).contains(type).doesNotContain("a/other");

    Tool regctl = Client.REGCTL.tool(directory(), registry());
    assertThat(regctl.run("artifact", "list", name + ":1").succeeded()).contains(type, "a/other");
  }

  @Test
  void image_pushedByPodman_isPulledByAnother() throws IOException {
    Tool podman = Podman.tool(directory());
    podman.run("pull", "oci:" + image.reference()).succeeded();
    String id = podman.run("images", "--quiet").succeeded().strip();
    String name = registry() + "/podman/app:1";
    podman.run("push", "--tls-verify=false", id, "docker://" + name).succeeded();

    podman.run("rmi", "--all", "--force").succeeded();
    podman.run("pull", "--tls-verify=false", "docker://" + name).succeeded();
    assertThat(podman.run("image", "inspect", id).succeeded()).contains(id);

    String copy = registry() + "/podman/copy";
    podman.run("push", "--tls-verify=false", name, "docker://" + copy + ":2").succeeded();
    String tags =
        podman.run("search", "--tls-verify=false", "--list-tags", "docker://" + copy).succeeded();
    assertThat(tags).containsPattern("podman/copy +2");

    Path pulled = directory();
    Tool crane = Client.CRANE.tool(directory(), registry());
    Client.CRANE.pull(crane, copy + ":2", pulled).succeeded();
  }
}
