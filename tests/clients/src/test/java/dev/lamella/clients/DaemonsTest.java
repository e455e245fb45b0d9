package dev.lamella.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.clients.Tool.Result;
import dev.lamella.core.Digest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Daemons that run containers: they pull from the store, and push to it what they can. */
class DaemonsTest extends StackTest {

  @Test
  void image_ofManyShards_isPulledAndRunByDocker() throws Exception {
    Path crane = Tool.find("crane", directory()).program();
    Layout image = Layout.ofProgram(directory(), crane, List.of("version"));
    LamellaHost.push(endpoint(), image, "docker/app:1");
    String name = registry() + "/docker/app:1";
    try (Daemon daemon = Daemon.docker(directory())) {
      Tool docker = daemon.client();
      docker.run("pull", name).succeeded();
      assertThat(docker.run("images", "--digests").succeeded())
          .contains(image.manifest().toString());

      Result run = docker.run("run", "--rm", "--network", "none", name);
      assertThat(run.succeeded()).startsWith("v");

      // A layer small enough for one request, which is all that Docker's classic store sends.
      Path archive =
          Layout.random(directory(), 7, 1000).archive(docker.home().resolve("small.tar"));
      String small = registry() + "/docker/small:1";
      docker.run("import", archive.toString(), small).succeeded();
      docker.run("push", small).succeeded();
      docker.run("rmi", small).succeeded();
      docker.run("pull", small).succeeded();
    }
  }

  /** It sends a layer in one PUT, and the edge sends that to staging. */
  @Test
  void image_ofALargeLayer_isPushedAndPulledByDocker29() throws Exception {
    Layout image = Layout.random(directory(), 5, 1000, LARGE);
    String name = registry() + "/docker29/large:1";
    try (Daemon daemon = Daemon.docker29(directory())) {
      Tool docker = daemon.client();
      Path archive = image.archive(docker.home().resolve("image.tar"));
      docker.run("load", "--input", archive.toString()).succeeded();
      docker.run("tag", image.manifest().toString(), name).succeeded();
      docker.run("push", name).succeeded();

      docker.run("rmi", "--force", image.manifest().toString()).succeeded();
      assertThat(docker.run("images", "--all", "--quiet").succeeded()).isEmpty();
      docker.run("pull", name).succeeded();
      assertThat(docker.run("images", "--digests").succeeded())
          .contains(image.manifest().toString());
    }
    isPulledByCrane(image, name);
  }

  @Test
  void image_ofSmallLayers_isPushedAndPulledByContainerd() throws Exception {
    Layout image = Layout.random(directory(), 2, 1000, 3_000_000);
    pushAndPull(image, "containerd/small");
  }

  /** The edge sends each layer straight to staging. */
  @Test
  void image_ofALargeLayer_isPushedAndPulledByContainerd() throws Exception {
    Layout image = Layout.random(directory(), 3, 1000, LARGE);
    pushAndPull(image, "containerd/large");
    isPulledByCrane(image, registry() + "/containerd/large:1");
  }

  /**
   * It pushes the manifest without them, and then them without the manifest, which is there: past
   * the edge, and in one request.
   */
  @Test
  void nonDistributableLayers_pushedAfterTheirManifest_areThereForEveryone() throws Exception {
    Layout image = Layout.foreign(directory(), 6, 12 << 20, 1000);
    String reference = registry() + "/containerd/foreign";
    try (Daemon one = Daemon.containerd(directory())) {
      Tool ctr = one.client();
      Path archive = image.archive(ctr.home().resolve("image.tar"));
      ctr.run("images", "import", "--no-unpack", "--base-name", reference, archive.toString())
          .succeeded();
      String name = reference + ":1";
      ctr.run("images", "push", "--plain-http", "--local", name).succeeded();
      Tool crane = Client.CRANE.tool(directory(), registry());
      for (Digest layer : image.layers()) {
        crane.run("blob", reference + "@" + layer).failed();
      }

      ctr.run("images", "push", "--plain-http", "--local", "--allow-non-distributable-blobs", name)
          .succeeded();
    }
    Path pulled = directory();
    Client.SKOPEO
        .pull(Client.SKOPEO.tool(directory(), registry()), reference + ":1", pulled)
        .succeeded();
    image.isIn(pulled);
    Path whole = directory().resolve("whole.tar");
    LamellaHost.pull(endpoint(), "containerd/foreign:1", whole);
  }

  private void isPulledByCrane(Layout image, String name) throws IOException {
    Path pulled = directory();
    Client.CRANE.pull(Client.CRANE.tool(directory(), registry()), name, pulled).succeeded();
    image.isIn(pulled);
  }

  private void pushAndPull(Layout image, String name) throws IOException, InterruptedException {
    String reference = registry() + "/" + name;
    try (Daemon one = Daemon.containerd(directory())) {
      Tool ctr = one.client();
      Path archive = image.archive(ctr.home().resolve("image.tar"));
      ctr.run("images", "import", "--no-unpack", "--base-name", reference, archive.toString())
          .succeeded();
      ctr.run("images", "push", "--plain-http", reference + ":1").succeeded();
      // The path that Docker takes too.
      ctr.run("images", "push", "--plain-http", "--local", reference + ":2", reference + ":1")
          .succeeded();
    }
    try (Daemon other = Daemon.containerd(directory())) {
      Tool ctr = other.client();
      ctr.run("images", "pull", "--plain-http", reference + ":1").succeeded();
      String content = ctr.run("content", "ls", "--quiet").succeeded();
      assertThat(content).contains(image.manifest().toString());
      image.layers().forEach(layer -> assertThat(content).contains(layer.toString()));
    }
  }
}
