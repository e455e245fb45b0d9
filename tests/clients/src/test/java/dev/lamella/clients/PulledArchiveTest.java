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
    skopeo.run("copy", "oci-archive:" + archive + ":" + name, "oci:" + oci + ":1").succeeded();
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

  private Path pulled(Layout image, String name) throws IOException {
    LamellaHost.push(endpoint(), image, name);
    Path archive = directory().resolve("pulled.tar");
    LamellaHost.pull(endpoint(), name, archive);
    return archive;
  }
}
