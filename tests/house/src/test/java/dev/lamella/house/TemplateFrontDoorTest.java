package dev.lamella.house;

import static dev.lamella.house.TemplateTest.TEMPLATE;
import static dev.lamella.house.TemplateTest.list;
import static dev.lamella.house.TemplateTest.map;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.local.template.PseudoParameters;
import dev.lamella.local.template.Template;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the parameters of the front door change in what is deployed, each given and not given. */
class TemplateFrontDoorTest {
  private static final String NAME = "registry.example.com";
  private static final String CERTIFICATE =
      "arn:aws:acm:us-east-1:000000000000:certificate/0123-4567";
  private static final String ACL =
      "arn:aws:wafv2:us-east-1:000000000000:global/webacl/front/0123-4567";
  private static final String KEY = "arn:aws:kms:us-east-1:000000000000:key/0123-4567";
  private static final String BOUNDARY = "arn:aws:iam::000000000000:policy/boundary";
  private static final List<String> ENCRYPTED =
      List.of(
          "AWS::S3::Bucket",
          "AWS::DynamoDB::Table",
          "AWS::SecretsManager::Secret",
          "AWS::Logs::LogGroup",
          "AWS::SQS::Queue");

  @ParameterizedTest
  @CsvSource({"HTTP, cloudfront", "HTTP, none", "REST, cloudfront", "REST, none"})
  void noParameter_changesNothing(String api, String edge) {
    Map<String, Map<?, ?>> resources = deployed("ApiType", api, "Edge", edge);

    assertThat(resources)
        .doesNotContainKeys("ApiDomainName", "ApiMapping", "DomainRecord", "WebAclOfTheApi")
        .doesNotContainKey("UseKey");
    assertThat(resources.toString())
        .doesNotContain("Aliases=", "WebACLId=", "aws:kms", "KmsKeyId=", "KmsMasterKeyId=")
        .doesNotContain("KMSMasterKey", "PermissionsBoundary=", "aws:SourceVpce", "=PRIVATE,");
    for (Map<?, ?> bucket : ofType(resources, "AWS::S3::Bucket")) {
      assertThat(bucket.get("BucketEncryption")).hasToString(encryption("{SSEAlgorithm=AES256}"));
    }
  }

  @Test
  void domainName_ofAnEdge_isTheEdges() {
    Map<String, Map<?, ?>> resources = named("HTTP", "cloudfront");
    Map<?, ?> edge = map(resources, "EdgeDistribution", "DistributionConfig");

    assertThat(edge.get("Aliases")).isEqualTo(List.of(NAME));
    assertThat(map(edge, "ViewerCertificate").get("AcmCertificateArn")).isEqualTo(CERTIFICATE);
    assertThat(resources).doesNotContainKeys("ApiDomainName", "ApiMapping");
    assertThat(map(resources, "DomainRecord", "AliasTarget").get("HostedZoneId"))
        .isEqualTo("Z2FDTNDATAQYW2");
  }

  /** Clients then see no stage: docker can name no path. */
  @ParameterizedTest
  @CsvSource({"HTTP, HttpApi, $default", "REST, RestApi, live"})
  void domainName_withoutAnEdge_leadsToTheApiAtItsRoot(String type, String api, String stage) {
    Map<String, Map<?, ?>> resources = named(type, "none");
    Map<?, ?> mapping = map(resources, "ApiMapping");

    assertThat(mapping.get("ApiId")).isEqualTo(api);
    assertThat(mapping.get("Stage")).isEqualTo(stage);
    assertThat(mapping.containsKey("ApiMappingKey")).isFalse();
    assertThat(map(resources, "ApiDomainName").get("DomainName")).isEqualTo(NAME);
    assertThat(String.valueOf(map(resources, "DomainRecord", "AliasTarget").get("DNSName")))
        .contains("RegionalDomainName");
  }

  @Test
  void webAcl_standsBeforeTheEdge_orARestApiWithoutOne() {
    assertThat(
            map(deployed("WebAclArn", ACL), "EdgeDistribution", "DistributionConfig")
                .get("WebACLId"))
        .isEqualTo(ACL);
    Map<?, ?> association =
        map(deployed("WebAclArn", ACL, "ApiType", "REST", "Edge", "none"), "WebAclOfTheApi");
    assertThat(association.get("WebACLArn")).isEqualTo(ACL);
    assertThat(String.valueOf(association.get("ResourceArn")))
        .endsWith("::/restapis/RestApi/stages/live");
  }

  /** CloudFormation alone evaluates rules: that each is there, and of what. */
  @ParameterizedTest
  @CsvSource({
    "WebAclHasSomethingToStandBefore, WebAclArn",
    "PrivateApiIsRestWithoutEdge, VpcEndpointIds",
    "DomainNameHasACertificate, DomainName",
    "HostedZoneHasAName, HostedZoneId"
  })
  void rule_refusesWhatCannotBe(String rule, String parameter) {
    Map<?, ?> body = map(TEMPLATE, "Rules", rule);
    assertThat(String.valueOf(body.get("RuleCondition"))).contains("Ref=" + parameter);
    assertThat(list(body.get("Assertions"))).isNotEmpty();
  }

  @Test
  void vpcEndpoints_aloneReachAPrivateApi() {
    Map<?, ?> api =
        map(
            deployed("ApiType", "REST", "Edge", "none", "VpcEndpointIds", "vpce-0a,vpce-0b"),
            "RestApi");
    assertThat(api.get("EndpointConfiguration"))
        .isEqualTo(Map.of("Type", "PRIVATE", "VPCEndpointIds", List.of("vpce-0a", "vpce-0b")));
    assertThat(map(api, "DefinitionBody", "x-amazon-apigateway-policy").toString())
        .contains("Effect=Deny", "StringNotEquals={aws:SourceVpce=[vpce-0a, vpce-0b]}");
  }

  @Test
  void key_encryptsAllThatIsKept_andEachRoleMayUseItThroughServicesAlone() {
    Map<String, Map<?, ?>> resources = deployed("KmsKeyArn", KEY);
    for (String type : ENCRYPTED) {
      assertThat(ofType(resources, type))
          .as(type)
          .isNotEmpty()
          .allMatch(properties -> properties.toString().contains(KEY));
    }
    for (Map<?, ?> bucket : ofType(resources, "AWS::S3::Bucket")) {
      assertThat(map(bucket, "BucketEncryption").toString())
          .contains("SSEAlgorithm=aws:kms", "BucketKeyEnabled=true");
    }
    for (Map<?, ?> queue : ofType(resources, "AWS::SQS::Queue")) {
      assertThat(queue.get("SqsManagedSseEnabled")).isEqualTo(false);
    }
    Map<?, ?> policy = map(resources, "UseKey");
    assertThat(list(policy.get("Roles")))
        .hasSameSizeAs(ofType(resources, "AWS::Serverless::Function"));
    Map<?, ?> statement =
        (Map<?, ?>) list(map(policy, "PolicyDocument").get("Statement")).getFirst();
    assertThat(statement.get("Resource")).isEqualTo(KEY);
    assertThat(statement.get("Action")).isEqualTo(List.of("kms:Decrypt", "kms:GenerateDataKey"));
    assertThat(map(statement, "Condition").toString()).contains("kms:ViaService");
  }

  /** SAM makes a role of each function; the template has none beside them. */
  @Test
  void boundary_isOnEachRole() {
    Map<String, Map<?, ?>> resources = deployed("PermissionsBoundaryArn", BOUNDARY);
    assertThat(ofType(resources, "AWS::Serverless::Function"))
        .allMatch(function -> BOUNDARY.equals(function.get("PermissionsBoundary")));
    assertThat(ofType(resources, "AWS::IAM::Role")).isEmpty();
  }

  /** 200 jobs that push 5 layers at once, of which each asks five times a second. */
  @ParameterizedTest
  @ValueSource(strings = {"HTTP", "REST"})
  void throttles_areOfEachRoute_andWideEnoughForManyJobs(String type) {
    String all =
        map(deployed("ApiType", type), type.equals("HTTP") ? "HttpApi" : "RestApi").toString();
    for (String limit : List.of("5000", "1000", "500")) {
      assertThat(all).contains("ThrottlingRateLimit=" + limit, "ThrottlingBurstLimit=" + limit);
    }
    assertThat(200 * 5 * 5).isLessThanOrEqualTo(5000);
  }

  /** A flood of events waits, and does not cost more. */
  @ParameterizedTest
  @CsvSource({
    "ShardWriterFunction, ShardWriterConcurrency",
    "VerifierFunction, VerifierConcurrency",
    "AssemblerFunction, AssemblerConcurrency",
    "JanitorFunction, JanitorConcurrency"
  })
  void functionThatIsInvokedByEvents_hasABound(String function, String parameter) {
    assertThat(map(deployed(parameter, "7"), function).get("ReservedConcurrentExecutions"))
        .isEqualTo("7");
    assertThat(map(deployed(), function).containsKey("ReservedConcurrentExecutions")).isFalse();
  }

  private static Map<String, Map<?, ?>> named(String type, String edge) {
    return deployed(
        "ApiType",
        type,
        "Edge",
        edge,
        "DomainName",
        NAME,
        "CertificateArn",
        CERTIFICATE,
        "HostedZoneId",
        "Z0123456789");
  }

  private static Map<String, Map<?, ?>> deployed(String... parameters) {
    Map<String, String> given = new java.util.HashMap<>();
    for (int i = 0; i < parameters.length; i += 2) {
      given.put(parameters[i], parameters[i + 1]);
    }
    return Template.resources(TemplateTest.FILE, given, PseudoParameters.LOCAL);
  }

  private static List<Map<?, ?>> ofType(Map<String, Map<?, ?>> resources, String type) {
    List<Map<?, ?>> found = new ArrayList<>();
    resources.forEach(
        (id, properties) -> {
          if (type.equals(map(TEMPLATE, "Resources", id).get("Type"))) {
            found.add(properties);
          }
        });
    return found;
  }

  private static String encryption(String byDefault) {
    return "{ServerSideEncryptionConfiguration=[{ServerSideEncryptionByDefault="
        + byDefault
        + "}]}";
  }
}
