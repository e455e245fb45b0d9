package dev.lamella.localstack;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;

/**
 * LocalStack as a process of this machine, without Docker: functions are processes too, by the
 * executor in {@code tools/host-executor}, and DynamoDB Local is the one that Maven resolved.
 */
final class HostCloud implements Cloud {
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final Path FOLDER = Tools.MODULE.resolve("target/localstack");
  private static final Path LOG = FOLDER.resolve("log");
  private static final List<String> CLASS_PATH =
      List.of(System.getProperty("java.class.path").split(File.pathSeparator, -1));

  /** What is in a function's process beside the function, as it is on Lambda. */
  private static final List<String> RUNTIME =
      List.of(
          "aws-lambda-java-core-",
          "aws-lambda-java-runtime-interface-client-",
          "aws-lambda-java-serialization-",
          "utils-lite-");

  private final Process process;
  private final URI endpoint;
  private final Optional<URI> fromContainers;

  private HostCloud(Process process, URI endpoint, Optional<URI> fromContainers) {
    this.process = process;
    this.endpoint = endpoint;
    this.fromContainers = fromContainers;
  }

  static HostCloud start(Tools tools) throws IOException {
    putDynamoDbWhereItIsLookedFor();
    int port = freePort();
    URI endpoint = URI.create("http://127.0.0.1:" + port);
    Optional<URI> bridge = bridge().map(address -> URI.create("http://" + address + ":" + port));
    String listen =
        endpoint.getAuthority() + bridge.map(address -> "," + address.getAuthority()).orElse("");
    // The shell learns by its input when this JVM is gone, however it went, and ends LocalStack
    // then.
    ProcessBuilder builder =
        new ProcessBuilder(
                "sh",
                "-c",
                "\"$0\" -m localstack.runtime.main </dev/null & cat >/dev/null; kill $!; wait",
                tools.python().toString())
            .directory(FOLDER.toFile())
            .redirectErrorStream(true)
            .redirectOutput(LOG.toFile());
    builder.environment().putAll(settings(tools, listen));
    HostCloud cloud = new HostCloud(builder.start(), endpoint, bridge);
    // Also when the tests are killed politely.
    Runtime.getRuntime().addShutdownHook(new Thread(cloud::close));
    cloud.awaitHealth();
    return cloud;
  }

  private static Map<String, String> settings(Tools tools, String listen) {
    Map<String, String> settings = new HashMap<>(SETTINGS);
    settings.putAll(
        Map.of(
            "GATEWAY_LISTEN",
            listen,
            "FILESYSTEM_ROOT",
            FOLDER.toString(),
            "OVERRIDE_IN_DOCKER",
            "0",
            "DNS_ADDRESS",
            "0",
            "LAMBDA_RUNTIME_EXECUTOR",
            "host",
            "HOST_EXECUTOR_RIE",
            tools.emulator().toString(),
            "HOST_EXECUTOR_RIC",
            runtime(),
            "JAVA_HOME",
            System.getProperty("java.home")));
    return settings;
  }

  /** The class path of the runtime interface client. */
  static String runtime() {
    return CLASS_PATH.stream()
        .filter(
            entry -> RUNTIME.stream().anyMatch(Path.of(entry).getFileName().toString()::startsWith))
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** LocalStack would download it, and a Java for it. */
  private static void putDynamoDbWhereItIsLookedFor() throws IOException {
    Path libraries = FOLDER.resolve("var/lib/localstack/lib");
    Path dynamoDb = Files.createDirectories(libraries.resolve("dynamodb-local/2"));
    Manifest manifest = new Manifest();
    Attributes attributes = manifest.getMainAttributes();
    attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.put(Attributes.Name.MAIN_CLASS, DynamoDbProcess.class.getName());
    attributes.putValue("Premain-Class", DynamoDbProcess.class.getName());
    attributes.put(
        Attributes.Name.CLASS_PATH,
        CLASS_PATH.stream()
            .map(entry -> Path.of(entry).toUri().toString())
            .collect(Collectors.joining(" ")));
    for (String jar : List.of("DynamoDBLocal.jar", "ddb-local-loader-0.1.jar")) {
      try (OutputStream file = Files.newOutputStream(dynamoDb.resolve(jar))) {
        new JarOutputStream(file, manifest).close();
      }
    }
    Path java = Files.createDirectories(libraries.resolve("java")).resolve("21");
    Files.deleteIfExists(java);
    Files.createSymbolicLink(java, Path.of(System.getProperty("java.home")));
  }

  private void awaitHealth() throws IOException {
    HttpRequest health = HttpRequest.newBuilder(endpoint.resolve("/_localstack/health")).build();
    long end = System.nanoTime() + PATIENCE.toNanos();
    try (HttpClient client = HttpClient.newHttpClient()) {
      while (!isUp(client, health)) {
        if (!process.isAlive() || System.nanoTime() > end) {
          close();
          throw new IOException("LocalStack did not start:\n" + log());
        }
        Thread.sleep(100);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while LocalStack started", e);
    }
  }

  private static boolean isUp(HttpClient client, HttpRequest health) throws InterruptedException {
    try {
      return client.send(health, BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /** This machine's address on Docker's own network, where Docker runs on it. */
  private static Optional<String> bridge() throws IOException {
    Optional<String> name =
        Docker.ask(
            "network",
            "inspect",
            "bridge",
            "-f",
            "{{index .Options \"com.docker.network.bridge.name\"}}");
    NetworkInterface bridge = name.isPresent() ? NetworkInterface.getByName(name.get()) : null;
    return bridge == null
        ? Optional.empty()
        : bridge
            .inetAddresses()
            .filter(Inet4Address.class::isInstance)
            .map(InetAddress::getHostAddress)
            .findFirst();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @Override
  public URI endpoint() {
    return endpoint;
  }

  @Override
  public Optional<URI> fromContainers() {
    return fromContainers;
  }

  @Override
  public String thisMachine() {
    return endpoint.getHost();
  }

  @Override
  public String log() {
    try {
      return Files.readString(LOG);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String description() {
    return "LocalStack from the Python registry as a process, functions as processes";
  }

  /** Politely first, since it ends the functions' processes and DynamoDB then. */
  @Override
  public void close() {
    List<ProcessHandle> all = process.descendants().toList();
    try {
      process.getOutputStream().close();
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      process.destroyForcibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
    all.forEach(ProcessHandle::destroyForcibly);
  }
}
