package dev.lamella.tests;

import static dev.lamella.tests.TableCalls.LEADING_KEYS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.lamella.local.lambda.Invocation;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** Before a policy is believed to be enough, what looks at the calls has to see them. */
class SeenCallsTest {
  private static final StaticCredentialsProvider KEYS =
      StaticCredentialsProvider.create(AwsBasicCredentials.create("key", "secret"));

  private final String function = "Function" + UUID.randomUUID();

  @Test
  void presignedUrl_isACallOfItsSigner() throws Exception {
    try (S3Presigner presigner =
        S3Presigner.builder().region(Region.EU_CENTRAL_1).credentialsProvider(KEYS).build()) {
      within(
          () ->
              presigner.presignPutObject(
                  sign ->
                      sign.signatureDuration(Duration.ofMinutes(1))
                          .putObjectRequest(put -> put.bucket("staging").key("uploads/1/0"))));
    }
    assertThat(SeenCalls.seen().get(function))
        .containsExactly(new AwsCall("s3:PutObject", "staging/uploads/1/0"));
  }

  /** Also from a thread that the function has started. */
  @Test
  void missingObject_needsToBeListed() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(404, -1);
          exchange.close();
        });
    server.start();
    try (S3Client s3 =
        S3Client.builder()
            .region(Region.EU_CENTRAL_1)
            .credentialsProvider(KEYS)
            .forcePathStyle(true)
            .endpointOverride(URI.create("http://127.0.0.1:" + server.getAddress().getPort()))
            .build()) {
      within(
          () -> {
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
              Callable<Object> head = () -> s3.headObject(to -> to.bucket("b").key("k"));
              assertThatThrownBy(() -> threads.submit(head).get())
                  .hasCauseInstanceOf(S3Exception.class);
            }
            return "";
          });
    } finally {
      server.stop(0);
    }
    assertThat(SeenCalls.seen().get(function))
        .containsExactlyInAnyOrder(
            new AwsCall("s3:GetObject", "b/k"), new AwsCall("s3:ListBucket", "b"));
  }

  /** Which partitions, and a transaction as its steps. */
  @Test
  void tableCalls_nameTheirPartitions() {
    Map<String, AttributeValue> one = Map.of("PK", AttributeValue.fromS("LAYER#1"));
    Map<String, AttributeValue> other = Map.of("PK", AttributeValue.fromS("LAYER#2"));
    assertThat(AwsCall.of(GetItemRequest.builder().tableName("t").key(one).build()))
        .containsExactly(
            new AwsCall("dynamodb:GetItem", "t", Map.of(LEADING_KEYS, Set.of("LAYER#1"))));
    assertThat(
            AwsCall.of(
                BatchGetItemRequest.builder()
                    .requestItems(Map.of("t", KeysAndAttributes.builder().keys(one, other).build()))
                    .build()))
        .containsExactly(
            new AwsCall(
                "dynamodb:BatchGetItem", "t", Map.of(LEADING_KEYS, Set.of("LAYER#1", "LAYER#2"))));
    assertThat(
            AwsCall.of(
                TransactWriteItemsRequest.builder()
                    .transactItems(
                        step -> step.delete(delete -> delete.tableName("t").key(one)),
                        step -> step.delete(delete -> delete.tableName("t").key(other)),
                        step -> step.put(put -> put.tableName("t").item(one)))
                    .build()))
        .containsExactlyInAnyOrder(
            new AwsCall(
                "dynamodb:DeleteItem", "t", Map.of(LEADING_KEYS, Set.of("LAYER#1", "LAYER#2"))),
            new AwsCall("dynamodb:PutItem", "t", Map.of(LEADING_KEYS, Set.of("LAYER#1"))));
  }

  private void within(Callable<?> call) throws Exception {
    Invocation invocation = new Invocation(function, "1", 1, false, new byte[0]);
    Callable<byte[]> handler =
        () -> {
          call.call();
          return new byte[0];
        };
    FutureTask<byte[]> task =
        new FutureTask<>(() -> SeenCalls.INVOCATIONS.around(invocation, handler));
    Thread.ofPlatform().start(task);
    task.get();
  }
}
