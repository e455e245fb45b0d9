package dev.lamella.house;

import static dev.lamella.house.TemplateTest.PARAMETERS;
import static dev.lamella.house.TemplateTest.RESOURCES;
import static dev.lamella.house.TemplateTest.TEMPLATE;
import static dev.lamella.house.TemplateTest.collectStatements;
import static dev.lamella.house.TemplateTest.list;
import static dev.lamella.house.TemplateTest.map;
import static dev.lamella.house.TemplateTest.properties;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.core.api.ErrorAnswer;
import dev.lamella.core.api.Json;
import dev.lamella.local.template.FunctionDefinition;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What template.yaml promises of what is stored, of who may write, and of how functions run. */
class TemplateSafetyTest {
  /** A layer that was assembled is given out for so long (ReadyLayers), by URLs that last on. */
  private static final int ASSEMBLED_HOURS = 36;

  /** Only what is on its way, or can be made again, may end by itself. */
  private static final Set<String> EXPIRING = Set.of("StagingBucket", "AssembledBucket");

  static Stream<String> buckets() {
    return RESOURCES.entrySet().stream()
        .filter(entry -> "AWS::S3::Bucket".equals(((Map<?, ?>) entry.getValue()).get("Type")))
        .map(entry -> String.valueOf(entry.getKey()));
  }

  static List<FunctionDefinition> functions() {
    return TemplateTest.functions();
  }

  static Stream<String> gatewayResponses() {
    return responses().keySet().stream().map(String::valueOf);
  }

  @ParameterizedTest
  @MethodSource("buckets")
  void bucket_isEncryptedAndNotPublic(String name) {
    Map<?, ?> bucket = bucket(name);
    assertThat(bucket.containsKey("BucketEncryption")).isTrue();
    assertThat(map(bucket, "PublicAccessBlockConfiguration"))
        .isEqualTo(
            Map.of(
                "BlockPublicAcls", true,
                "BlockPublicPolicy", true,
                "IgnorePublicAcls", true,
                "RestrictPublicBuckets", true));
    assertThat(map(bucket, "OwnershipControls"))
        .isEqualTo(Map.of("Rules", List.of(Map.of("ObjectOwnership", "BucketOwnerEnforced"))));
  }

  @ParameterizedTest
  @MethodSource("buckets")
  void bucket_isReachedByTlsOnly(String name) {
    Map<String, Object> ofBucket = Map.of("Ref", name);
    List<Map<?, ?>> statements = new ArrayList<>();
    for (Object resource : RESOURCES.values()) {
      Map<?, ?> properties = map((Map<?, ?>) resource, "Properties");
      if (ofBucket.equals(properties.get("Bucket"))) {
        collectStatements(properties, statements);
      }
    }
    assertThat(statements).hasSize(name.equals("StagingBucket") ? 2 : 1);
    Map<?, ?> denied = statements.getFirst();
    assertThat(denied.get("Effect")).isEqualTo("Deny");
    assertThat(denied.get("Principal")).isEqualTo("*");
    assertThat(denied.get("Action")).isEqualTo("s3:*");
    assertThat(denied.get("Resource"))
        .isEqualTo(
            List.of(
                Map.of("Fn::GetAtt", List.of(name, "Arn")),
                Map.of("Fn::Sub", "${" + name + ".Arn}/*")));
    assertThat(denied.get("Condition"))
        .isEqualTo(Map.of("Bool", Map.of("aws:SecureTransport", "false")));
  }

  /** Clients that the edge redirects with a whole layer send no such header. */
  @Test
  void staging_takesNoPartTwice_fromWhomeverItComes() {
    List<Map<?, ?>> statements = new ArrayList<>();
    collectStatements(map(RESOURCES, "StagingBucketPolicy", "Properties"), statements);
    assertThat(statements.getLast())
        .isEqualTo(
            Map.of(
                "Sid", "PutPartsOnce",
                "Effect", "Deny",
                "Principal", "*",
                "Action", "s3:PutObject",
                "NotResource", Map.of("Fn::Sub", "${StagingBucket.Arn}/uploads/*/whole"),
                "Condition", Map.of("Null", Map.of("s3:if-none-match", "true"))));
  }

  @Test
  void shardWriter_removesFromStagingOnlyWhatItNamesByItsTag() {
    List<Map<?, ?>> statements = new ArrayList<>();
    collectStatements(map(RESOURCES, "ShardWriterFunction", "Properties"), statements);
    assertThat(statements)
        .filteredOn(statement -> list(statement.get("Action")).contains("s3:DeleteObject"))
        .singleElement()
        .satisfies(
            statement -> {
              assertThat(statement.get("Resource"))
                  .isEqualTo(Map.of("Fn::Sub", "${StagingBucket.Arn}/uploads/*"));
              assertThat(statement.get("Condition"))
                  .isEqualTo(Map.of("Null", Map.of("s3:if-match", "false")));
            });
  }

  @ParameterizedTest
  @MethodSource("buckets")
  void bucket_abortsStaleMultiparts_andExpiresNothingThatIsStored(String name) {
    assertThat(rules(name)).allMatch(rule -> "Enabled".equals(rule.get("Status")));
    assertThat(rules(name))
        .anyMatch(
            rule ->
                rule.containsKey("AbortIncompleteMultipartUpload") && !rule.containsKey("Prefix"));
    assertThat(rules(name).anyMatch(rule -> rule.toString().contains("Expiration")))
        .isEqualTo(EXPIRING.contains(name));
  }

  @Test
  void staging_keepsWhatAnUploadIsMadeOf_forADayMoreThanTheUpload() {
    assertThat(expiry("StagingBucket", "uploads/"))
        .isEqualTo(
            Map.of(
                "Fn::FindInMap",
                List.of("UploadLifetime", Map.of("Ref", "UploadLifetimeHours"), "Days")));
    for (Object hours : list(map(PARAMETERS, "UploadLifetimeHours").get("AllowedValues"))) {
      Map<?, ?> kept = map(TEMPLATE, "Mappings", "UploadLifetime", String.valueOf(hours));
      assertThat(24 * (number(kept.get("Days")) - 1)).isGreaterThanOrEqualTo(number(hours));
    }
  }

  @Test
  void assembledLayers_outliveTheLastUrlToThem() {
    int urlMinutes = number(map(PARAMETERS, "UrlLifetimeMinutes").get("MaxValue"));
    assertThat(24 * 60 * number(expiry("AssembledBucket", "layers/")))
        .isGreaterThanOrEqualTo(ASSEMBLED_HOURS * 60 + urlMinutes);
  }

  @ParameterizedTest
  @MethodSource("functions")
  void function_runsAsAllDo(FunctionDefinition function) {
    Map<?, ?> all = map(TEMPLATE, "Globals", "Function");
    assertThat(all.get("Runtime")).isEqualTo("java25");
    assertThat(all.get("SnapStart")).isEqualTo(Map.of("ApplyOn", "PublishedVersions"));
    assertThat(all.get("AutoPublishAlias")).isEqualTo("live");
    assertThat(all.get("LoggingConfig")).isEqualTo(Map.of("LogFormat", "JSON"));
    // Its own would replace these.
    assertThat(TemplateTest.keys(properties(function)))
        .doesNotContain("Runtime", "SnapStart", "AutoPublishAlias");
    assertThat(TemplateTest.keys(map(properties(function), "LoggingConfig")))
        .containsExactly("LogGroup");
  }

  /** Storage servers hold proven bytes only: what puts there checks every link first. */
  @ParameterizedTest
  @MethodSource("functions")
  void function_putsObjectsOnlyWhereItsWorkIs(FunctionDefinition function) {
    List<String> expected =
        switch (function.logicalId()) {
          case "ShardWriterFunction" ->
              Stream.concat(
                      IntStream.range(0, 4).mapToObj(i -> "${StorageServer" + i + ".Arn}/layers/*"),
                      Stream.of("MoreStorageServerArns"))
                  .toList();
          // Presigned for hosts: a URL can do no more than the role that signed it.
          case "MetadataFunction" -> List.of("${StagingBucket.Arn}/uploads/*");
          case "UploadCoordinatorFunction" ->
              List.of("${StagingBucket.Arn}/uploads/*", "${ManifestBucket.Arn}/manifests/*");
          case "AssemblerFunction" -> List.of("${AssembledBucket.Arn}/layers/*");
          default -> List.of();
        };
    List<Map<?, ?>> statements = new ArrayList<>();
    collectStatements(list(properties(function).get("Policies")), statements);
    assertThat(
            statements.stream()
                .filter(statement -> list(statement.get("Action")).contains("s3:PutObject"))
                .flatMap(statement -> list(statement.get("Resource")).stream())
                .map(resource -> ((Map<?, ?>) resource).values().iterator().next()))
        .map(String::valueOf)
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  @ParameterizedTest
  @MethodSource("gatewayResponses")
  void gatewayResponse_isInOciForm_andSaysWhenToTryAgain(String type) {
    Map<?, ?> response = map(responses(), type);
    String json =
        String.valueOf(map(response, "responseTemplates").get("application/json"))
            .replace("$context.error.messageString", "\"what is wrong\"");
    ErrorAnswer answer = Json.read(json.getBytes(StandardCharsets.UTF_8), ErrorAnswer.class);
    assertThat(answer.errors()).hasSize(1);
    assertThat(answer.errors().getFirst().message()).isNotBlank();

    String status =
        response.containsKey("statusCode")
            ? String.valueOf(response.get("statusCode"))
            : type.replaceFirst("DEFAULT_", "");
    if (status.equals("429") || status.startsWith("5")) {
      assertThat(map(response, "responseParameters").get("gatewayresponse.header.Retry-After"))
          .isEqualTo("'2'");
    }
  }

  private static Map<?, ?> responses() {
    return map(
        RESOURCES,
        "RestApi",
        "Properties",
        "DefinitionBody",
        "x-amazon-apigateway-gateway-responses");
  }

  private static Map<?, ?> bucket(String name) {
    return map(RESOURCES, name, "Properties");
  }

  private static Stream<Map<?, ?>> rules(String bucket) {
    return list(map(bucket(bucket), "LifecycleConfiguration").get("Rules")).stream()
        .map(rule -> (Map<?, ?>) rule);
  }

  private static int number(@Nullable Object value) {
    return Integer.parseInt(String.valueOf(value));
  }

  /** After how many days what is under a prefix ends. */
  private static Object expiry(String bucket, String prefix) {
    return rules(bucket)
        .filter(rule -> prefix.equals(rule.get("Prefix")))
        .map(rule -> rule.get("ExpirationInDays"))
        .findFirst()
        .orElseThrow();
  }
}
