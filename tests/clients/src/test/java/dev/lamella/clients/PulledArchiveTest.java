package dev.lamella.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What {@code lamella pull NAME:TAG x.tar} writes, read by those that it is for. */
class PulledArchiveTest extends StackTest {

  @Test
  void archive_pulled_isReadBySkopeoAsOciAndAsDockerArchive() throws IOException {
    Tool skopeo = Client.SKOPEO.tool(directory(), registry());
    Layout image = Layout.random(directory(), 1, 0, 1000, 12_000_000);
    String name = "archives/skopeo:1";
    Path archive = pulled(image, name);

    Path oci = directory();
    skopeo.run("copy", "oci-archive:" + archive + ":1", "oci:" + oci + ":1").succeeded();
    image.isIn(oci);

    Path docker = directory();
    skopeo
        .run("copy", "docker-archive:" + archive + ":" + name, "dir:" + docker.resolve("image"))
        .succeeded();
  }

  @Test
  void archive_pulled_isLoadedAndRunByDocker() throws Exception {
    Path crane = Path.of(Tool.find("crane", directory()).command().get(0));
    Layout image = Layout.ofProgram(directory(), crane, List.of("version"));
    String name = "archives/docker:1";
    Path archive = pulled(image, name);
    try (Daemon daemon = Daemon.docker(directory())) {
      Tool docker = daemon.client();
      assertThat(docker.run("load", "--input", archive.toString()).succeeded()).contains(name);
      assertThat(docker.run("run", "--rm", "--network", "none", name).succeeded()).startsWith("v");
    }
  }

  /** Skopeo and podman select an image of a layout by its tag, containerd by its whole name. */
  @Test
  void layout_pulled_isSelectedByItsTagAndImportedByItsName() throws Exception {
    Layout image = Layout.random(directory(), 2, 1000);
    String name = "layouts/named:1";
    Path archive = pulled(image, name);
    Path layout = directory().resolve("layout");
    LamellaHost.pull(endpoint(), name, layout);

    Tool skopeo = Client.SKOPEO.tool(directory(), registry());
    Path copied = directory();
    skopeo.run("copy", "oci:" + layout + ":1", "oci:" + copied + ":1").succeeded();
    image.isIn(copied);

    try (Daemon containerd = Daemon.containerd(directory())) {
      Tool ctr = containerd.client();
      ctr.run("images", "import", "--no-unpack", archive.toString()).succeeded();
      assertThat(ctr.run("images", "ls", "--quiet").succeeded()).contains(name);
    }
  }

  private Path pulled(Layout image, String name) throws IOException {
    LamellaHost.push(endpoint(), image, name);
    Path archive = directory().resolve("pulled.tar");
    LamellaHost.pull(endpoint(), name, archive);
    return archive;
  }
}
