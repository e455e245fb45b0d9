package dev.lamella.localstack;

import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.Optional;

/** An AWS on this machine: LocalStack, running. */
interface Cloud extends AutoCloseable {
  String REGION = "us-east-1";
  String KEY = "test";

  /** What LocalStack is told, wherever it runs. */
  Map<String, String> SETTINGS =
      Map.of(
          // Its newer engine does not know !Ref of a function's Alias, which SAM makes.
          "PROVIDER_OVERRIDE_CLOUDFORMATION", "engine-legacy",
          "S3_SKIP_SIGNATURE_VALIDATION", "0",
          // Seconds before an asynchronous event is tried again; AWS waits a minute.
          "LAMBDA_RETRY_BASE_DELAY", "1",
          "DISABLE_EVENTS", "1",
          "SKIP_SSL_CERT_DOWNLOAD", "1");

  /**
   * Starts the one that the system property {@code lamella.localstack} names, {@code docker} or
   * {@code host}; by itself, Docker where it has the image {@code lamella.localstack.image}.
   */
  static Cloud start(Tools tools) throws IOException {
    String image = System.getProperty("lamella.localstack.image", "localstack/localstack:4.14.0");
    String where = System.getProperty("lamella.localstack", "");
    return switch (where) {
      case "docker" -> ContainerCloud.start(image);
      case "host" -> HostCloud.start(tools);
      case "" ->
          ContainerCloud.isAtHand(image) ? ContainerCloud.start(image) : HostCloud.start(tools);
      default ->
          throw new IllegalArgumentException(
              "lamella.localstack is docker or host, not '" + where + "'");
    };
  }

  /** Where it answers. */
  URI endpoint();

  /** Where it answers containers on this machine; empty where Docker does not run. */
  Optional<URI> fromContainers();

  /** The host by which functions on it reach this machine. */
  String thisMachine();

  /** All that it has logged: a line for each request. */
  String log();

  /** What runs, and how. */
  String description();

  @Override
  void close();

  /** What makes AWS's programs talk to it. */
  default Map<String, String> environment() {
    return Map.of(
        "AWS_ENDPOINT_URL", endpoint().toString(),
        "AWS_ACCESS_KEY_ID", KEY,
        "AWS_SECRET_ACCESS_KEY", KEY,
        "AWS_DEFAULT_REGION", REGION,
        "SAM_CLI_TELEMETRY", "0");
  }
}
