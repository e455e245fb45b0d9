package dev.lamella.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.Digest;
import dev.lamella.core.Digest.Algorithm;
import dev.lamella.core.api.Json;
import dev.lamella.host.image.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
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

  /** Docker 29 takes each image that the layout names, the older one that of its own manifest. */
  @Test
  void archive_ofAnImageThatIsSigned_isLoadedByNameAndAloneWithoutReferrers() throws Exception {
    Layout image = Layout.random(directory(), 4, 1000);
    String name = "archives/signed:1";
    LamellaHost.push(endpoint(), image, name);
    Tool oras = Client.ORAS.tool(directory(), registry());
    Files.writeString(oras.home().resolve("a.json"), "{}");
    oras.run("attach", "--plain-http", "--artifact-type", "a/b", registry() + "/" + name, "a.json")
        .succeeded();
    Path archive = directory().resolve("pulled.tar");
    LamellaHost.pull(endpoint(), name, archive);

    Tool skopeo = Client.SKOPEO.tool(directory(), registry());
    Path copied = directory();
    skopeo.run("copy", "oci-archive:" + archive + ":1", "oci:" + copied + ":1").succeeded();
    image.isIn(copied);
    skopeo
        .run("copy", "docker-archive:" + archive, "dir:" + directory().resolve("image"))
        .succeeded();
    Tool podman = Podman.tool(directory());
    assertThat(podman.run("load", "--input", archive.toString()).succeeded()).contains(name);
    Path alone = directory().resolve("alone.tar");
    LamellaHost.pullAlone(endpoint(), name, alone);
    skopeo
        .run("copy", "oci-archive:" + alone, "oci:" + directory().resolve("alone") + ":1")
        .succeeded();

    try (Daemon daemon = Daemon.docker29(directory())) {
      Tool docker = daemon.client();
      assertThat(docker.run("load", "--input", archive.toString()).succeeded()).contains(name);
      assertThat(docker.run("images").succeeded()).contains("archives/signed");
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

  /** Docker before version 25 takes the image for this machine from an archive of all platforms. */
  @Test
  void archive_ofSeveralPlatforms_isLoadedAndRunByDocker() throws Exception {
    Path crane = Tool.find("crane", directory()).program();
    Layout image = Layout.ofProgram(directory(), crane, List.of("version"));
    withAnotherPlatform(image, Layout.random(directory(), 3, 1000));
    String name = "archives/platforms:1";
    Path archive = pulled(image, name);
    try (Daemon daemon = Daemon.docker(directory())) {
      Tool docker = daemon.client();
      assertThat(docker.run("load", "--input", archive.toString()).succeeded()).contains(name);
      assertThat(docker.run("run", "--rm", "--network", "none", name).succeeded()).startsWith("v");
    }
    Tool skopeo = Client.SKOPEO.tool(directory(), registry());
    Path copied = directory();
    skopeo
        .run("copy", "--all", "oci-archive:" + archive + ":1", "oci:" + copied + ":1")
        .succeeded();
    image.isIn(copied);
  }

  /** Makes an index of the layout's image, for this machine, and the other, for another one. */
  private static void withAnotherPlatform(Layout image, Layout other) throws IOException {
    Path blobs = image.directory().resolve("blobs/sha256");
    try (Stream<Path> files = Files.list(other.directory().resolve("blobs/sha256"))) {
      for (Path file : files.toList()) {
        Files.copy(file, blobs.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    String manifest = "application/vnd.oci.image.manifest.v1+json";
    List<Object> entries = new ArrayList<>();
    for (Layout each : List.of(other, image)) {
      String architecture = each.equals(image) ? Platform.ofThisMachine().architecture() : "s390x";
      entries.add(
          Map.of(
              "mediaType",
              manifest,
              "digest",
              each.manifest().toString(),
              "size",
              Files.size(blobs.resolve(each.manifest().hex())),
              "platform",
              Map.of("os", "linux", "architecture", architecture)));
    }
    String type = "application/vnd.oci.image.index.v1+json";
    byte[] index = Json.write(Map.of("schemaVersion", 2, "mediaType", type, "manifests", entries));
    Digest digest = Digest.of(Algorithm.SHA256, index);
    Files.write(blobs.resolve(digest.hex()), index);
    Map<String, Object> root =
        Map.of("mediaType", type, "digest", digest.toString(), "size", index.length);
    Files.write(
        image.directory().resolve("index.json"),
        Json.write(Map.of("schemaVersion", 2, "manifests", List.of(root))));
  }

  private Path pulled(Layout image, String name) throws IOException {
    LamellaHost.push(endpoint(), image, name);
    Path archive = directory().resolve("pulled.tar");
    LamellaHost.pull(endpoint(), name, archive);
    return archive;
  }
}
