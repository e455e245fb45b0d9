package dev.lamella.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.embedded.Credentials;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.InvocationType;
import software.amazon.awssdk.services.lambda.model.InvokeResponse;
import software.amazon.awssdk.services.lambda.model.RequestTooLargeException;
import software.amazon.awssdk.services.lambda.model.ResourceNotFoundException;
import software.amazon.awssdk.services.s3.S3Client;

@TestInstance(Lifecycle.PER_CLASS)
class LocalStackTest {
  @TempDir static Path directory;

  private LocalStack stack;

  private static LocalStackOptions options(String data) {
    return LocalStackOptions.of(SmallStack.file(), directory.resolve(data));
  }

  @BeforeAll
  void start() {
    stack =
        LocalStack.start(
            options("shared").withExtraS3Endpoints(1).withRetryDelay(Duration.ofMillis(1)));
  }

  @AfterAll
  void stop() throws IOException {
    stack.close();
    stack.close(); // The second time does nothing.
  }

  @Test
  void s3_atEveryEndpoint_hasTheBuckets() {
    assertThat(stack.s3Endpoints()).hasSize(2).doesNotHaveDuplicates();
    for (URI endpoint : stack.s3Endpoints()) {
      try (S3Client s3 = Clients.s3(endpoint, stack.credentials())) {
        s3.putObject(
            put -> put.bucket("lamella-stagingbucket").key(endpoint.getAuthority()),
            RequestBody.fromString("x"));
        // Each endpoint holds its own.
        assertThat(s3.listObjectsV2(list -> list.bucket("lamella-stagingbucket")).contents())
            .hasSize(1);
      }
    }
  }

  @Test
  void dynamoDb_hasTheTable() {
    try (DynamoDbClient dynamoDb = Clients.dynamoDb(stack)) {
      assertThat(dynamoDb.listTables().tableNames()).containsExactly("lamella-Table");
      assertThat(
              dynamoDb.describeTable(table -> table.tableName("lamella-Table")).table().keySchema())
          .hasSize(2);
    }
  }

  @Test
  void api_invokesTheFunction() throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      URI uri = stack.endpoint().resolve("/v2/");
      assertThat(http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body())
          .contains("\"/v2/\"");
    }
  }

  @Test
  void lambdaClient_invokesAsOnAws() throws Exception {
    try (LambdaClient lambda = Clients.lambda(stack, stack.credentials())) {
      String arn = stack.template().function("WorkFunction").arn() + ":live";
      InvokeResponse answer =
          lambda.invoke(call -> call.functionName(arn).payload(SdkBytes.fromUtf8String("{}")));
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.functionError()).isNull();
      assertThat(answer.payload().asUtf8String()).contains("\"request\"");
      InvokeResponse failed =
          lambda.invoke(
              call ->
                  call.functionName("lamella-WorkFunction")
                      .qualifier("live")
                      .payload(SdkBytes.fromUtf8String("{\"do\":\"throw\"}")));
      assertThat(failed.functionError()).isEqualTo("Unhandled");
      assertThat(failed.payload().asUtf8String()).contains("cannot work");
      InvokeResponse queued =
          lambda.invoke(
              call ->
                  call.functionName(arn)
                      .invocationType(InvocationType.EVENT)
                      .payload(SdkBytes.fromUtf8String("{\"do\":\"throw\"}")));
      assertThat(queued.statusCode()).isEqualTo(202);
      assertThat(stack.lambda().awaitIdle(Duration.ofMinutes(1))).isTrue();
      assertThat(stack.lambda().deadLetters()).hasSize(1);
    }
  }

  @Test
  void lambdaClient_refused_getsTheExceptionOfAws() {
    try (LambdaClient lambda = Clients.lambda(stack, stack.credentials());
        LambdaClient stranger = Clients.lambda(stack, new Credentials("STRANGER", "x"))) {
      assertThatThrownBy(() -> lambda.invoke(call -> call.functionName("nobody")))
          .isInstanceOf(ResourceNotFoundException.class);
      SdkBytes large = SdkBytes.fromByteArray(new byte[(6 << 20) + 1]);
      assertThatThrownBy(
              () -> lambda.invoke(call -> call.functionName("lamella-WorkFunction").payload(large)))
          .isInstanceOf(RequestTooLargeException.class);
      assertThatThrownBy(() -> stranger.invoke(call -> call.functionName("lamella-WorkFunction")))
          .hasMessageContaining("security token");
    }
  }

  @Test
  void runSchedule_invokesWithTheRulesInput_orElseWithTheEventOfEventBridge() throws Exception {
    stack.runSchedule("WorkFunction");
    assertThat(stack.lambda().awaitIdle(Duration.ofMinutes(1))).isTrue();
    assertThat(Files.readString(directory.resolve("shared/logs/WorkFunction.log")))
        .contains("noted", "aws.events Scheduled Event");
    assertThatThrownBy(() -> stack.runSchedule("FrontFunction"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("FrontFunction");
  }

  @Test
  void start_sameDataDirectory_isRefusedInOneLine() {
    assertThatThrownBy(() -> LocalStack.start(options("shared")))
        .isInstanceOf(LocalStackException.class)
        .hasMessageMatching(
            "the data directory .*shared is in use by another local stack \\(process \\d+\\): stop"
                + " that, or choose another");
  }

  @Test
  void start_portInUse_isRefusedInOneLineAndLeavesNothing() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      assertThatThrownBy(() -> LocalStack.start(options("port").withPort(port)))
          .isInstanceOf(LocalStackException.class)
          .hasMessage("port " + port + " is in use: stop what listens there, or choose another");
    }
    LocalStack.start(options("port")).close();
  }

  @Test
  void start_withoutClassOrTemplate_isRefusedInOneLine() {
    assertThatThrownBy(
            () ->
                LocalStack.start(
                    options("class").withParameter("WorkerClass", "dev.lamella.Nobody")))
        .hasMessage(
            "WorkFunction: no class dev.lamella.Nobody on the class path: build the project");
    assertThatThrownBy(
            () ->
                LocalStack.start(
                    LocalStackOptions.of(Path.of("no.yaml"), directory.resolve("class"))))
        .hasMessage("there is no template no.yaml");
  }

  @Test
  void start_again_hasWhatItHad() throws Exception {
    Credentials keys;
    try (LocalStack first = LocalStack.start(options("again"))) {
      keys = first.credentials();
      try (S3Client s3 = Clients.s3(first.s3Endpoint(), keys);
          DynamoDbClient dynamoDb = Clients.dynamoDb(first)) {
        s3.putObject(
            put -> put.bucket("lamella-stagingbucket").key("kept/1"), RequestBody.fromString("x"));
        dynamoDb.putItem(
            put ->
                put.tableName("lamella-Table")
                    .item(
                        Map.of("PK", AttributeValue.fromS("a"), "SK", AttributeValue.fromS("b"))));
      }
    }
    try (LocalStack second = LocalStack.start(options("again").withParameter("ApiType", "REST"));
        S3Client s3 = Clients.s3(second.s3Endpoint(), keys);
        DynamoDbClient dynamoDb = Clients.dynamoDb(second)) {
      assertThat(second.endpoint().getPath()).isEqualTo("/live");
      assertThat(
              s3.getObjectAsBytes(get -> get.bucket("lamella-stagingbucket").key("kept/1"))
                  .asUtf8String())
          .isEqualTo("x");
      assertThat(dynamoDb.scan(scan -> scan.tableName("lamella-Table")).count()).isEqualTo(1);
    }
    assertThat(Files.readString(directory.resolve("again/credentials"))).contains(keys.secretKey());
    assertThat(keys.toString()).doesNotContain(keys.secretKey());
  }

  @Test
  void start_againWithTablesInMemory_hasEmptyTables() throws Exception {
    LocalStackOptions options = options("memory").withTablesInMemory();
    for (int start = 0; start < 2; start++) {
      try (LocalStack started = LocalStack.start(options);
          DynamoDbClient dynamoDb = Clients.dynamoDb(started)) {
        assertThat(dynamoDb.scan(scan -> scan.tableName("lamella-Table")).count()).isZero();
        dynamoDb.putItem(
            put ->
                put.tableName("lamella-Table")
                    .item(
                        Map.of("PK", AttributeValue.fromS("a"), "SK", AttributeValue.fromS("b"))));
        assertThat(dynamoDb.scan(scan -> scan.tableName("lamella-Table")).count()).isEqualTo(1);
      }
    }
  }

  @Test
  void environment_customized_reachesTheFunction() throws Exception {
    Map<String, String> seen = new java.util.concurrent.ConcurrentHashMap<>();
    LocalStackOptions options =
        options("environment")
            .withEnvironment(
                (function, environment) -> {
                  if (function.equals("FrontFunction")) {
                    seen.putAll(environment);
                  }
                  return environment;
                });
    try (LocalStack customized = LocalStack.start(options)) {
      assertThat(seen)
          .containsEntry("AWS_ENDPOINT_URL_S3", customized.s3Endpoint().toString())
          .containsEntry("AWS_ENDPOINT_URL_DYNAMODB", customized.dynamoDbEndpoint().toString())
          .containsEntry("AWS_ENDPOINT_URL_LAMBDA", customized.lambdaEndpoint().toString())
          .containsKey("AWS_ENDPOINT_URL_SECRETSMANAGER")
          .containsKey("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS")
          .containsEntry("AWS_LAMBDA_FUNCTION_NAME", "lamella-FrontFunction")
          .containsEntry("TABLE", "lamella-Table");
    }
  }
}
