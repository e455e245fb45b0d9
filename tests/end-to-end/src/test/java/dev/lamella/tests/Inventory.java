package dev.lamella.tests;

import dev.lamella.core.api.Json;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;
import tools.jackson.databind.JsonNode;

/**
 * All that a stack holds in its table and its buckets, read behind the functions' backs.
 *
 * @param items of the table
 * @param objects of the storage servers, each as its server and its key
 * @param staged keys in staging
 * @param manifests keys of large manifests
 * @param assembled keys of assembled layers
 */
record Inventory(
    List<Map<String, AttributeValue>> items,
    Set<String> objects,
    Set<String> staged,
    Set<String> manifests,
    Set<String> assembled) {

  /**
   * @param environment of a function, by which it reaches them
   */
  static Inventory of(Map<String, String> environment) {
    try (DynamoDbClient dynamoDb = dynamoDb(environment);
        S3Client s3 =
            S3Client.builder()
                .region(region(environment))
                .credentialsProvider(keys(environment))
                .endpointOverride(endpoint(environment, "S3"))
                .forcePathStyle(true)
                .httpClient(UrlConnectionHttpClient.create())
                .build()) {
      Set<String> objects = new TreeSet<>();
      byte[] servers = required(environment, "STORAGE_SERVERS").getBytes(StandardCharsets.UTF_8);
      for (JsonNode server : Json.tree(servers)) {
        keys(s3, server.path("bucket").asString())
            .forEach(key -> objects.add(server.path("id").asString() + " " + key));
      }
      return new Inventory(
          new ArrayList<>(
              dynamoDb
                  .scanPaginator(scan -> scan.tableName(required(environment, "TABLE")))
                  .items()
                  .stream()
                  .toList()),
          objects,
          keys(s3, required(environment, "STAGING_BUCKET")),
          keys(s3, required(environment, "MANIFEST_BUCKET")),
          keys(s3, required(environment, "ASSEMBLED_BUCKET")));
    }
  }

  static DynamoDbClient dynamoDb(Map<String, String> environment) {
    return DynamoDbClient.builder()
        .region(region(environment))
        .credentialsProvider(keys(environment))
        .endpointOverride(endpoint(environment, "DYNAMODB"))
        .httpClient(UrlConnectionHttpClient.create())
        .build();
  }

  private static URI endpoint(Map<String, String> environment, String service) {
    return URI.create(required(environment, "AWS_ENDPOINT_URL_" + service));
  }

  private static Region region(Map<String, String> environment) {
    return Region.of(required(environment, "AWS_REGION"));
  }

  private static StaticCredentialsProvider keys(Map<String, String> environment) {
    return StaticCredentialsProvider.create(
        AwsBasicCredentials.create(
            required(environment, "AWS_ACCESS_KEY_ID"),
            required(environment, "AWS_SECRET_ACCESS_KEY")));
  }

  private static Set<String> keys(S3Client s3, String bucket) {
    return s3.listObjectsV2Paginator(list -> list.bucket(bucket)).contents().stream()
        .map(S3Object::key)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Partition and sort key of the items whose partition begins so. */
  Set<String> keys(String partition) {
    return of(partition).map(Inventory::key).collect(Collectors.toCollection(TreeSet::new));
  }

  /** By the digest of each layer in the store: how many manifests that are there name it. */
  Map<String, Long> references() {
    Map<String, Long> references = new TreeMap<>();
    keys("LAYER#").stream()
        .filter(key -> key.endsWith(" LAYER"))
        .forEach(key -> references.put(layer(key), 0L));
    leading()
        .filter(edge -> edge.startsWith("LAYER#"))
        .forEach(edge -> references.computeIfPresent(layer(edge), (_, count) -> count + 1));
    return references;
  }

  private static String layer(String key) {
    return key.substring("LAYER#".length(), key.indexOf(' '));
  }

  /** Edges, without the ids of their puts, of manifests that are there. */
  private Stream<String> leading() {
    Map<String, String> puts =
        items.stream()
            .filter(item -> attribute(item, "SK").s().startsWith("MANIFEST#"))
            .collect(Collectors.toMap(Inventory::key, item -> attribute(item, "id").s()));
    return items.stream()
        .filter(Inventory::isEdge)
        .filter(edge -> attribute(edge, "id").s().equals(puts.get(source(edge))))
        .map(Inventory::withoutPut);
  }

  private static String source(Map<String, AttributeValue> edge) {
    String partition = attribute(edge, "PK").s();
    String[] parts = attribute(edge, "SK").s().split("#", -1);
    return (partition.startsWith("IMAGE#") ? partition : "IMAGE#" + parts[1])
        + " MANIFEST#"
        + parts[2];
  }

  /** All edges, also those that lead nowhere, without the ids of their puts. */
  List<String> edges(String partition) {
    return of(partition).filter(Inventory::isEdge).map(Inventory::withoutPut).sorted().toList();
  }

  private static boolean isEdge(Map<String, AttributeValue> item) {
    return attribute(item, "SK").s().startsWith("NAMED#");
  }

  private static String withoutPut(Map<String, AttributeValue> edge) {
    return key(edge).substring(0, key(edge).lastIndexOf('#'));
  }

  private static String key(Map<String, AttributeValue> item) {
    return attribute(item, "PK").s() + " " + attribute(item, "SK").s();
  }

  /** Ids of the layers in the store. */
  Set<String> layerIds() {
    return of("LAYER#")
        .filter(item -> !isEdge(item))
        .map(item -> attribute(item, "layer").s())
        .collect(Collectors.toSet());
  }

  /** Where the shard records say that objects are. */
  Set<String> recorded() {
    return of("SHARDS#")
        .flatMap(item -> attribute(item, "copies").l().stream())
        .map(copy -> attribute(copy.m(), "server").s() + " " + attribute(copy.m(), "key").s())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** What stands behind a prefix in the partition keys that begin with it. */
  Set<String> partitions(String prefix) {
    return of(prefix)
        .map(item -> attribute(item, "PK").s().substring(prefix.length()))
        .collect(Collectors.toSet());
  }

  private Stream<Map<String, AttributeValue>> of(String partition) {
    return items.stream().filter(item -> attribute(item, "PK").s().startsWith(partition));
  }

  private static AttributeValue attribute(Map<String, AttributeValue> item, String name) {
    return Objects.requireNonNull(item.get(name), name);
  }

  private static String required(Map<String, String> environment, String name) {
    return Objects.requireNonNull(environment.get(name), name);
  }
}
