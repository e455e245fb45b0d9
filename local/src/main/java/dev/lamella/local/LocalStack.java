package dev.lamella.local;

import dev.lamella.embedded.Credentials;
import dev.lamella.embedded.DynamoDbServer;
import dev.lamella.embedded.LogsServer;
import dev.lamella.embedded.S3Server;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.local.gateway.ApiGateway;
import dev.lamella.local.gateway.Edge;
import dev.lamella.local.gateway.EdgeRule;
import dev.lamella.local.lambda.HandlerException;
import dev.lamella.local.lambda.LambdaEndpoint;
import dev.lamella.local.lambda.LambdaService;
import dev.lamella.local.lambda.Schedules;
import dev.lamella.local.template.FunctionDefinition;
import dev.lamella.local.template.PseudoParameters;
import dev.lamella.local.template.Template;
import dev.lamella.local.template.TemplateException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Everything that the template declares, running in this JVM: API, functions and their schedules,
 * S3, DynamoDB, Secrets Manager, logs, all on the loopback address.
 */
public final class LocalStack implements AutoCloseable {
  static {
    // DynamoDB Local logs through log4j, whose implementation it does without here.
    System.setProperty(
        "log4j2.loggerContextFactory",
        "org.apache.logging.log4j.simple.SimpleLoggerContextFactory");
  }

  private final Closing closing;
  private final Template template;
  private final Credentials credentials;
  private final List<S3Server> s3;
  private final DynamoDbServer dynamoDb;
  private final LocalSecrets secrets;
  private final LambdaService lambda;
  private final LambdaEndpoint lambdaEndpoint;
  private final ApiGateway gateway;
  private final FunctionEnvironment environment;
  private final Schedules schedules;

  private LocalStack(LocalStackOptions options, Closing closing) throws IOException {
    this.closing = closing;
    DataDirectory data = closing.add(DataDirectory.open(options.data()));
    this.credentials = data.credentials();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<DynamoDbServer> starting =
          threads.submit(
              () ->
                  closing.add(
                      options.tablesInMemory()
                          ? DynamoDbServer.startInMemory(credentials)
                          : DynamoDbServer.start(data.dynamoDb(), credentials)));
      this.s3 = startS3(options, data);
      List<URI> endpoints = s3Endpoints();
      this.template =
          Template.read(
              options.template(),
              options.defaults(),
              options.parameters(endpoints),
              PseudoParameters.LOCAL);
      for (S3Server server : s3) {
        server.create(template.buckets());
      }
      this.secrets = closing.add(LocalSecrets.start(data.secrets(), template));
      LogsServer logs = closing.add(LogsServer.start());
      template
          .functions()
          .forEach(function -> logs.add(function.logGroup(), data.log(function.logicalId())));
      this.dynamoDb = Starting.await(starting);
      dynamoDb.create(template.tables(), template.pseudo().region());
      this.lambda =
          closing.add(
              new LambdaService(
                  options.interceptor(),
                  options.concurrency(),
                  options.retryDelay(),
                  options.clock()));
      this.lambdaEndpoint = closing.add(LambdaEndpoint.start(lambda, credentials.accessKey()));
      this.environment =
          new FunctionEnvironment(
              credentials,
              template.pseudo().region(),
              s3Endpoint(),
              dynamoDbEndpoint(),
              lambdaEndpoint(),
              secrets.uri(),
              logs.uri(),
              options.environment());
      createFunctions(data, threads);
    }
    this.gateway =
        closing.add(
            ApiGateway.start(
                template
                    .api()
                    .orElseThrow(() -> new TemplateException("the template declares no API")),
                template.edge().map(edge -> new Edge(edge, new EdgeRule(stagingUrl(), service()))),
                template.pseudo().account(),
                lambda,
                options.port()));
    this.schedules = closing.add(new Schedules(template, lambda));
  }

  /**
   * Starts a stack, and returns when it serves.
   *
   * @throws LocalStackException if it cannot; nothing is left running then
   */
  public static LocalStack start(LocalStackOptions options) {
    Closing closing = new Closing();
    try {
      return new LocalStack(options, closing);
    } catch (IOException | TemplateException | HandlerException | HostFailure e) {
      LocalStackException failure = LocalStackException.of(e, options.data());
      try {
        closing.close();
      } catch (IOException suppressed) {
        failure.addSuppressed(suppressed);
      }
      throw failure;
    }
  }

  private List<S3Server> startS3(LocalStackOptions options, DataDirectory data) throws IOException {
    List<S3Server> servers = new ArrayList<>();
    for (int i = 0; i <= options.extraS3Endpoints(); i++) {
      servers.add(closing.add(S3Server.start(data.s3(i), credentials, options.shaping())));
    }
    return servers;
  }

  private void createFunctions(DataDirectory data, ExecutorService threads) throws IOException {
    List<Future<FunctionDefinition>> created = new ArrayList<>();
    for (FunctionDefinition function : template.functions()) {
      Callable<FunctionDefinition> create =
          () -> {
            lambda.create(function, environment.of(function), data.log(function.logicalId()));
            return function;
          };
      created.add(threads.submit(create));
    }
    for (Future<FunctionDefinition> function : created) {
      Starting.await(function);
    }
  }

  /** What every place in staging has in front, as the edge's function in the template has it. */
  private String stagingUrl() {
    return s3Endpoint() + "/" + template.names().get("StagingBucket") + "/uploads/";
  }

  /** Where clients and hosts reach the API. */
  public URI endpoint() {
    return gateway.uri();
  }

  /** The S3 endpoint that the functions' buckets are at. */
  public URI s3Endpoint() {
    return s3.get(0).uri();
  }

  /** The stack's own S3 endpoint, then the extra ones. */
  public List<URI> s3Endpoints() {
    return s3.stream().map(S3Server::uri).toList();
  }

  public URI dynamoDbEndpoint() {
    return dynamoDb.uri();
  }

  public URI lambdaEndpoint() {
    return lambdaEndpoint.uri();
  }

  /** The keys that S3, DynamoDB, Lambda and Secrets Manager accept; the same in every run. */
  public Credentials credentials() {
    return credentials;
  }

  /** Whether it asks who uses it; else whoever reaches it may do everything. */
  public boolean asksToSignIn() {
    return service().isPresent();
  }

  /** What gives tokens, where the store asks to sign in. */
  private Optional<String> service() {
    return template.functions().stream()
        .map(FunctionDefinition::environment)
        .filter(environment -> "on".equals(environment.get("SIGN_IN")))
        .map(environment -> environment.getOrDefault("SERVICE", ""))
        .findFirst();
  }

  /**
   * The text of the administrator's secret; the same in every run.
   *
   * @throws IllegalStateException if the template declares none
   */
  public String administratorSecret() throws IOException {
    return secrets.administrator();
  }

  /** The file that holds the administrator's secret. */
  Path administratorFile() {
    return secrets.administratorFile();
  }

  /**
   * The environment variables of a function: with them, its adapters reach all that it reaches.
   *
   * @param logicalId of the function in the template
   * @throws IllegalArgumentException if the template has no such function
   */
  public Map<String, String> environment(String logicalId) {
    return environment.of(template.function(logicalId));
  }

  public LambdaService lambda() {
    return lambda;
  }

  /**
   * Invokes a function as its schedules would, now and asynchronously: {@code
   * lambda().awaitIdle(…)} waits for it.
   *
   * @param logicalId of the function in the template
   * @throws IllegalArgumentException if the template has no schedule of it
   */
  public void runSchedule(String logicalId) {
    schedules.run(logicalId);
  }

  /** What runs here. */
  public Template template() {
    return template;
  }

  /**
   * Stops everything; asynchronous invocations get two seconds to end. Does nothing the second
   * time.
   *
   * @throws IOException if something did not stop; the rest did
   */
  @Override
  public void close() throws IOException {
    closing.close();
  }
}
