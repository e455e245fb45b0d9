package dev.lamella.localstack;

import java.net.URI;
import java.util.Map;

/** An AWS on this machine: LocalStack, running. */
interface Cloud extends AutoCloseable {
  String REGION = "us-east-1";
  String KEY = "test";

  /** Where it answers. */
  URI endpoint();

  /** The host by which functions on it reach this machine. */
  String thisMachine();

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
