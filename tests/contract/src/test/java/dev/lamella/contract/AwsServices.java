package dev.lamella.contract;

import dev.lamella.aws.Adapters;
import dev.lamella.aws.Environment;
import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.Reference.Tag;
import dev.lamella.core.RepositoryName;
import dev.lamella.embedded.Credentials;
import dev.lamella.embedded.DynamoDbServer;
import dev.lamella.embedded.LogsServer;
import dev.lamella.embedded.S3Server;
import dev.lamella.embedded.SecretsServer;
import dev.lamella.embedded.Shaping;
import dev.lamella.embedded.TableDefinition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/** DynamoDB Local, in memory, s3proxy and secrets in files, started once for all tests. */
final class AwsServices {
  private static final Credentials KEYS = new Credentials("CONTRACT", "contract-secret");
  private static final String REGION = "eu-central-1";
  private static final AwsServices STARTED = start();

  private final DynamoDbServer dynamoDb;
  private final S3Server s3;
  private final Path s3Directory;
  private final SecretsServer secrets;
  private final LogsServer logs;
  private final Map<String, String> shared;

  private AwsServices(
      DynamoDbServer dynamoDb,
      S3Server s3,
      Path s3Directory,
      SecretsServer secrets,
      LogsServer logs) {
    this.dynamoDb = dynamoDb;
    this.s3 = s3;
    this.s3Directory = s3Directory;
    this.secrets = secrets;
    this.logs = logs;
    this.shared = newStore();
  }

  static AwsServices started() {
    return STARTED;
  }

  private static AwsServices start() {
    try {
      Path directory = Files.createTempDirectory("lamella-contract");
      DynamoDbServer dynamoDb = DynamoDbServer.startInMemory(KEYS);
      S3Server s3 = S3Server.start(directory.resolve("s3"), KEYS, Shaping.NONE);
      SecretsServer secrets = SecretsServer.start(directory.resolve("secrets"));
      return new AwsServices(dynamoDb, s3, directory.resolve("s3"), secrets, LogsServer.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  URI dynamoDb() {
    return dynamoDb.uri();
  }

  /** Where a bucket is, by the variable that names it. */
  Path bucket(Map<String, String> store, String variable) {
    return s3Directory.resolve(Objects.requireNonNull(store.get(variable)));
  }

  static Credentials keys() {
    return KEYS;
  }

  /** Tags as the adapter writes them, but many at once, and each item larger by a kilobyte. */
  void putTags(Map<String, String> store, RepositoryName image, Digest manifest, List<Tag> tags) {
    try (DynamoDbClient client =
        DynamoDbClient.builder()
            .endpointOverride(dynamoDb.uri())
            .region(Region.of(REGION))
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(KEYS.accessKey(), KEYS.secretKey())))
            .build()) {
      String table = Objects.requireNonNull(store.get("TABLE"));
      AttributeValue more = AttributeValue.fromS("x".repeat(1_000));
      for (int from = 0; from < tags.size(); from += 12) {
        List<WriteRequest> some =
            tags.subList(from, Math.min(tags.size(), from + 12)).stream()
                .flatMap(
                    tag ->
                        Stream.of(
                            Map.of(
                                "PK", AttributeValue.fromS("IMAGE#" + image),
                                "SK", AttributeValue.fromS("TAG#" + tag),
                                "digest", AttributeValue.fromS(manifest.toString()),
                                "time", AttributeValue.fromS("2026-01-01T00:00:00.000000000Z"),
                                "more", more),
                            Map.of(
                                "PK", AttributeValue.fromS("IMAGE#" + image),
                                "SK", AttributeValue.fromS("TAGGED#" + manifest + "#" + tag),
                                "more", more)))
                .map(item -> WriteRequest.builder().putRequest(put -> put.item(item)).build())
                .toList();
        client.batchWriteItem(write -> write.requestItems(Map.of(table, some)));
      }
    }
  }

  /**
   * A store for one test alone, as changes of the environment: what looks at all that there is
   * finds nothing of other tests, and is as quick as what the test itself has stored allows.
   */
  Map<String, String> newStore() {
    String suffix = "-" + LayerId.random();
    Map<String, String> buckets =
        Map.of(
            "STAGING_BUCKET", "staging" + suffix,
            "MANIFEST_BUCKET", "manifests" + suffix,
            "ASSEMBLED_BUCKET", "assembled" + suffix);
    List<String> storage = List.of("storage-0" + suffix, "storage-1" + suffix);
    String table = "lamella" + suffix;
    try {
      dynamoDb.create(List.of(table(table)), REGION);
      s3.create(buckets.values());
      s3.create(storage);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Map<String, String> variables = new HashMap<>(buckets);
    variables.put("TABLE", table);
    variables.put(
        "STORAGE_SERVERS",
        """
        [{"id":"s0","bucket":"%s","region":"eu-central-1","weight":1,"state":"active"},
         {"id":"s1","bucket":"%s","region":"eu-west-1","weight":1,"state":"active"}]\
        """
            .formatted(storage.getFirst(), storage.getLast()));
    return Map.copyOf(variables);
  }

  /** A table of who may do what, and two secrets without a value, for one test alone. */
  Map<String, String> newAccess() {
    String suffix = "-" + LayerId.random();
    Map<String, String> variables =
        Map.of(
            "ACCESS_TABLE", "access" + suffix,
            "ADMINISTRATOR_SECRET", "administrator" + suffix,
            "SIGNING_KEY_SECRET", "signing-key" + suffix);
    try {
      dynamoDb.create(List.of(accessTable("access" + suffix)), REGION);
      secrets.create("administrator" + suffix, Optional.empty());
      secrets.create("signing-key" + suffix, Optional.empty());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return variables;
  }

  /** The file of a log group, which is from now on. */
  Path log(String group) {
    Path file = s3Directory.resolveSibling("logs").resolve(group);
    logs.add(group, file);
    return file;
  }

  /** Adapters of the store that is shared by tests which look at their own things alone. */
  Adapters adapters() {
    return adapters(Map.of());
  }

  /**
   * @param changes of the environment over those of the shared store
   */
  Adapters adapters(Map<String, String> changes) {
    Map<String, String> variables = new HashMap<>(shared);
    variables.put("AWS_REGION", REGION);
    variables.put("AWS_ACCESS_KEY_ID", KEYS.accessKey());
    variables.put("AWS_SECRET_ACCESS_KEY", KEYS.secretKey());
    variables.put("AWS_ENDPOINT_URL_DYNAMODB", dynamoDb.uri().toString());
    variables.put("AWS_ENDPOINT_URL_S3", s3.uri().toString());
    variables.put("AWS_ENDPOINT_URL_SECRETSMANAGER", secrets.uri().toString());
    variables.put("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", logs.uri().toString());
    variables.put("SHARD_WRITER", "shard-writer");
    variables.putAll(changes);
    return new Adapters(new Environment(variables));
  }

  static Indexes indexes(Adapters adapters) {
    return new Indexes(
        adapters.layers(),
        adapters.shards(),
        adapters.uploads(),
        adapters.images(),
        adapters.reports(),
        adapters.works(),
        adapters.assemblies());
  }

  /** The table as template.yaml declares it. */
  private static TableDefinition table(String name) {
    return new TableDefinition(
        name,
        Map.of(
            "TableName",
            name,
            "BillingMode",
            "PAY_PER_REQUEST",
            "AttributeDefinitions",
            List.of(attribute("PK"), attribute("SK"), attribute("IPK"), attribute("ISK")),
            "KeySchema",
            keys("PK", "SK"),
            "GlobalSecondaryIndexes",
            List.of(
                Map.of(
                    "IndexName",
                    "index",
                    "KeySchema",
                    keys("IPK", "ISK"),
                    "Projection",
                    Map.of("ProjectionType", "ALL")))),
        Optional.empty());
  }

  /** Without the time to live: what it would remove is to be passed over all the same. */
  private static TableDefinition accessTable(String name) {
    return new TableDefinition(
        name,
        Map.of(
            "TableName",
            name,
            "BillingMode",
            "PAY_PER_REQUEST",
            "AttributeDefinitions",
            List.of(attribute("PK"), attribute("SK")),
            "KeySchema",
            keys("PK", "SK")),
        Optional.empty());
  }

  private static Map<String, String> attribute(String name) {
    return Map.of("AttributeName", name, "AttributeType", "S");
  }

  private static List<Map<String, String>> keys(String partition, String sort) {
    return List.of(
        Map.of("AttributeName", partition, "KeyType", "HASH"),
        Map.of("AttributeName", sort, "KeyType", "RANGE"));
  }
}
