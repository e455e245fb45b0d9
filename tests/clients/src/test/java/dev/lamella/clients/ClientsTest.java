package dev.lamella.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Images as every client can push them: of layers that fit into one request. */
class ClientsTest extends StackTest {
  private static final String SBOM = "application/vnd.example.sbom";
  private static final String SIGNATURE = "application/vnd.example.signature";

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
  void artifacts_attachedByOras_areInWhatIsPulledAndGoBackWithIt() throws IOException {
    attached("pulled/app");
    Tool oras = Client.ORAS.tool(directory(), registry());
    Tool regctl = Client.REGCTL.tool(directory(), registry());
    for (String target : List.of("layout", "archive.tar")) {
      Path pulled = directory().resolve(target);
      LamellaHost.pull(endpoint(), "pulled/app:1", pulled);
      assertThat(
              oras.run("discover", "--oci-layout", "--format", "json", pulled + ":1").succeeded())
          .contains(SBOM, SIGNATURE);

      String again = "again/" + target.replace('.', '-');
      LamellaHost.push(endpoint(), pulled, again + ":2");
      assertThat(regctl.run("artifact", "list", registry() + "/" + again + ":2").succeeded())
          .contains(SBOM);
      assertThat(
              oras.run(
                      "discover",
                      "--plain-http",
                      "--format",
                      "json",
                      registry() + "/" + again + ":2")
                  .succeeded())
          .contains(SIGNATURE);
      assertThat(regctl.run("tag", "ls", registry() + "/" + again).succeeded())
          .contains(signatureTag())
          .doesNotContainPattern("sha256-[0-9a-f]{64}\n");
    }
    Path layout = directory().resolve("layout");
    LamellaHost.pull(endpoint(), "pulled/app:1", layout);
    assertThat(regctl.run("artifact", "list", "ocidir://" + layout + ":1").succeeded())
        .contains(SBOM);
    assertThat(regctl.run("tag", "ls", "ocidir://" + layout).succeeded()).contains(signatureTag());
    String copy = registry() + "/pulled/copy:1";
    regctl.run("image", "copy", "--referrers", "ocidir://" + layout + ":1", copy).succeeded();
    assertThat(regctl.run("artifact", "list", copy).succeeded()).contains(SBOM);
    Path copied = directory();
    Client.SKOPEO
        .tool(directory(), registry())
        .run("copy", "oci:" + layout + ":1", "oci:" + copied + ":1")
        .succeeded();
    image.isIn(copied);
  }

  @Test
  void artifacts_inALayoutOfRegctl_arePushedWithTheImage() throws IOException {
    String name = attached("copied/app");
    Tool regctl = Client.REGCTL.tool(directory(), registry());
    Path layout = directory().resolve("layout");
    regctl
        .run("image", "copy", "--referrers", "--digest-tags", name, "ocidir://" + layout + ":1")
        .succeeded();

    LamellaHost.push(endpoint(), layout, "copied/again:other");
    String again = registry() + "/copied/again";
    assertThat(regctl.run("artifact", "list", again + ":other").succeeded()).contains(SBOM);
    assertThat(regctl.run("tag", "ls", again).succeeded()).contains("other", signatureTag());
  }

  /** An image on the store with an SBOM, a signature of that, and one of cosign's older form. */
  private String attached(String repository) throws IOException {
    Tool oras = Client.ORAS.tool(directory(), registry());
    String name = registry() + "/" + repository;
    Client.ORAS.push(oras, image, name + ":1").succeeded();
    Files.writeString(oras.home().resolve("a.json"), "{\"a\": \"" + repository + "\"}");
    String sbom =
        oras.run(
                "attach",
                "--plain-http",
                "--artifact-type",
                SBOM,
                "--format",
                "go-template={{.digest}}",
                name + ":1",
                "a.json")
            .succeeded()
            .strip();
    oras.run("attach", "--plain-http", "--artifact-type", SIGNATURE, name + "@" + sbom, "a.json")
        .succeeded();
    oras.run("push", "--plain-http", name + ":" + signatureTag(), "a.json").succeeded();
    return name + ":1";
  }

  private String signatureTag() {
    return "sha256-" + image.manifest().hex() + ".sig";
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
