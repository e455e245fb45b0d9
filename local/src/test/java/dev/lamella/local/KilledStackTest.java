package dev.lamella.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.s3.S3Client;

/** A stack in a JVM of its own is killed with no chance to clean up. */
class KilledStackTest {
  @TempDir Path directory;

  /** Acknowledges writes until it is killed: prints the number of each that was answered. */
  static final class Writer {
    public static void main(String[] arguments) {
      LocalStack stack =
          LocalStack.start(LocalStackOptions.of(SmallStack.file(), Path.of(arguments[0])));
      S3Client s3 = Clients.s3(stack.s3Endpoint(), stack.credentials());
      DynamoDbClient dynamoDb = Clients.dynamoDb(stack);
      for (int i = 0; ; i++) {
        String key = Integer.toString(i);
        s3.putObject(
            put -> put.bucket("lamella-stagingbucket").key(key),
            RequestBody.fromBytes(new byte[100_000]));
        dynamoDb.putItem(
            put ->
                put.tableName("lamella-Table")
                    .item(
                        Map.of("PK", AttributeValue.fromS("x"), "SK", AttributeValue.fromS(key))));
        System.out.println(i);
      }
    }
  }

  @Test
  void start_afterKill_hasAllThatWasAcknowledged() throws Exception {
    Path data = directory.resolve(UUID.randomUUID().toString());
    int acknowledged = 0;
    for (int kill = 0; kill < 2; kill++) {
      Process writer =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "--enable-native-access=ALL-UNNAMED",
                  "-XX:TieredStopAtLevel=1",
                  "-XX:+UseSerialGC",
                  "-cp",
                  System.getProperty("java.class.path"),
                  Writer.class.getName(),
                  data.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      try (BufferedReader lines = writer.inputReader()) {
        for (int i = 0; i < 20; i++) {
          String line = lines.readLine();
          assertThat(line).as("the child's answer").isNotNull();
          acknowledged = Math.max(acknowledged, Integer.parseInt(line));
        }
        writer.destroyForcibly().waitFor();
      }
    }
    try (LocalStack stack = LocalStack.start(LocalStackOptions.of(SmallStack.file(), data));
        S3Client s3 = Clients.s3(stack.s3Endpoint(), stack.credentials());
        DynamoDbClient dynamoDb = Clients.dynamoDb(stack)) {
      for (int i = 0; i <= acknowledged; i++) {
        String key = Integer.toString(i);
        assertThat(
                s3.headObject(head -> head.bucket("lamella-stagingbucket").key(key))
                    .contentLength())
            .isEqualTo(100_000);
        Map<String, AttributeValue> item =
            Map.of("PK", AttributeValue.fromS("x"), "SK", AttributeValue.fromS(key));
        assertThat(dynamoDb.getItem(get -> get.tableName("lamella-Table").key(item)).hasItem())
            .isTrue();
      }
    }
  }
}
