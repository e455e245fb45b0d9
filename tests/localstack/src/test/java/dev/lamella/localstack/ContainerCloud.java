package dev.lamella.localstack;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.testcontainers.localstack.LocalStackContainer;
import org.testcontainers.utility.DockerImageName;

/** LocalStack as its makers ship it, in a container, functions in containers beside it. */
final class ContainerCloud implements Cloud {
  private static final int PORT = 4566;

  private final LocalStackContainer container;

  private ContainerCloud(LocalStackContainer container) {
    this.container = container;
  }

  /** Whether Docker runs here and has the image, so that nothing need be downloaded. */
  static boolean isAtHand(String image) {
    return Docker.ask("image", "inspect", image).isPresent();
  }

  /**
   * @param image of LocalStack 4; pulled where it is not there
   */
  static ContainerCloud start(String image) {
    LocalStackContainer container =
        new LocalStackContainer(
            DockerImageName.parse(image).asCompatibleSubstituteFor("localstack/localstack"));
    SETTINGS.forEach(container::withEnv);
    // The same port inside and outside, since presigned URLs are made inside and used outside.
    container.setPortBindings(List.of(PORT + ":" + PORT));
    container.start();
    return new ContainerCloud(container);
  }

  @Override
  public URI endpoint() {
    return container.getEndpoint();
  }

  @Override
  public String thisMachine() {
    return container.getContainerInfo().getNetworkSettings().getNetworks().values().stream()
        .findFirst()
        .orElseThrow()
        .getGateway();
  }

  @Override
  public Optional<URI> fromContainers() {
    return Optional.of(URI.create("http://" + thisMachine() + ":" + PORT));
  }

  @Override
  public String log() {
    return container.getLogs();
  }

  @Override
  public String description() {
    return "LocalStack in a container of " + container.getDockerImageName() + ", by Testcontainers";
  }

  @Override
  public void close() {
    container.stop();
  }
}
