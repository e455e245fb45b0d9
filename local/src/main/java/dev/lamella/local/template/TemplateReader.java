package dev.lamella.local.template;

import dev.lamella.embedded.TableDefinition;
import dev.lamella.local.template.ApiDefinition.Route;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Makes definitions of the resources whose conditions hold. */
final class TemplateReader {
  private static final List<String> CREATE_TABLE =
      List.of(
          "AttributeDefinitions",
          "KeySchema",
          "BillingMode",
          "GlobalSecondaryIndexes",
          "LocalSecondaryIndexes",
          "ProvisionedThroughput",
          "StreamSpecification");

  private final Map<String, Map<?, ?>> resources;
  private final ResourceNames names;
  private final Intrinsics intrinsics;
  private final PseudoParameters pseudo;

  TemplateReader(
      Map<String, ?> resources,
      ResourceNames names,
      Intrinsics intrinsics,
      PseudoParameters pseudo) {
    this.names = names;
    this.intrinsics = intrinsics;
    this.pseudo = pseudo;
    this.resources = new LinkedHashMap<>();
    resources.forEach(
        (id, body) -> {
          Map<?, ?> resource = Tree.map(body);
          if (Tree.text(resource, "Condition").map(intrinsics::condition).orElse(true)) {
            this.resources.put(id, resource);
          }
        });
  }

  Map<String, Map<?, ?>> evaluated() {
    Map<String, Map<?, ?>> evaluated = new LinkedHashMap<>();
    resources.keySet().forEach(id -> evaluated.put(id, properties(id)));
    return evaluated;
  }

  Template read() {
    List<ApiDefinition> apis =
        Stream.concat(
                ofType("AWS::Serverless::HttpApi").map(id -> api(id, ApiKind.HTTP)),
                ofType("AWS::Serverless::Api").map(id -> api(id, ApiKind.REST)))
            .toList();
    if (apis.size() > 1) {
      throw new TemplateException(
          "the template has more than one API at once: "
              + apis.stream().map(ApiDefinition::logicalId).collect(Collectors.joining(", ")));
    }
    return new Template(
        pseudo,
        resources.keySet().stream().collect(Collectors.toMap(id -> id, names::physicalName)),
        ofType("AWS::Serverless::Function").map(this::function).toList(),
        ofType("AWS::Serverless::Function").flatMap(this::schedules).toList(),
        ofType("AWS::S3::Bucket").map(names::physicalName).toList(),
        ofType("AWS::DynamoDB::Table").map(this::table).toList(),
        ofType("AWS::SecretsManager::Secret").map(this::secret).toList(),
        apis.stream().findFirst(),
        ofType("AWS::CloudFront::Distribution").findFirst().map(this::edge));
  }

  private EdgeDefinition edge(String id) {
    Map<?, ?> own = Tree.map(properties(id).get("DistributionConfig"));
    Map<?, ?> origin =
        Tree.list(own.get("Origins")).stream()
            .findFirst()
            .map(Tree::map)
            .orElseThrow(() -> new TemplateException(id + " has no origin"));
    Map<String, String> headers = new LinkedHashMap<>();
    for (Object header : Tree.list(origin.get("OriginCustomHeaders"))) {
      headers.put(
          Tree.text(Tree.map(header), "HeaderName").orElse(""),
          Tree.text(Tree.map(header), "HeaderValue").orElse(""));
    }
    return new EdgeDefinition(
        Tree.text(origin, "DomainName").orElse(""),
        Tree.text(origin, "OriginPath").orElse(""),
        headers);
  }

  private FunctionDefinition function(String id) {
    Map<?, ?> own = properties(id);
    Map<?, ?> invoke = Tree.map(own.get("EventInvokeConfig"));
    Map<String, String> environment = new LinkedHashMap<>();
    Tree.map(Tree.map(own.get("Environment")).get("Variables"))
        .forEach((name, value) -> environment.put(String.valueOf(name), String.valueOf(value)));
    return new FunctionDefinition(
        id,
        names.physicalName(id),
        names.functionArn(id),
        Tree.text(own, "Handler")
            .orElseThrow(
                () -> new TemplateException(id + " has no Handler: give it class::method")),
        Tree.number(own, "MemorySize").orElse(128),
        Duration.ofSeconds(Tree.number(own, "Timeout").orElse(3)),
        environment,
        Tree.number(own, "ReservedConcurrentExecutions"),
        Tree.text(own, "AutoPublishAlias"),
        Tree.number(invoke, "MaximumRetryAttempts").orElse(2),
        Duration.ofSeconds(Tree.number(invoke, "MaximumEventAgeInSeconds").orElse(21_600)),
        Tree.text(
                Tree.map(Tree.map(invoke.get("DestinationConfig")).get("OnFailure")), "Destination")
            .or(() -> Tree.text(Tree.map(own.get("DeadLetterQueue")), "TargetArn")),
        Tree.text(Tree.map(own.get("LoggingConfig")), "LogGroup")
            .orElse("/aws/lambda/" + names.physicalName(id)));
  }

  private Stream<ScheduleDefinition> schedules(String function) {
    return Tree.map(properties(function).get("Events")).entrySet().stream()
        .filter(
            event -> Tree.text(Tree.map(event.getValue()), "Type").orElse("").equals("Schedule"))
        .map(
            event ->
                ScheduleDefinition.of(
                    function,
                    String.valueOf(event.getKey()),
                    Tree.map(Tree.map(event.getValue()).get("Properties"))));
  }

  private TableDefinition table(String id) {
    Map<?, ?> own = properties(id);
    Map<String, Object> request = new LinkedHashMap<>();
    request.put("TableName", names.physicalName(id));
    for (String property : CREATE_TABLE) {
      Object value = own.get(property);
      if (value != null) {
        request.put(property, value);
      }
    }
    Map<?, ?> timeToLive = Tree.map(own.get("TimeToLiveSpecification"));
    Optional<String> attribute =
        Tree.text(timeToLive, "Enabled")
            .filter("true"::equalsIgnoreCase)
            .flatMap(enabled -> Tree.text(timeToLive, "AttributeName"));
    return new TableDefinition(names.physicalName(id), request, attribute);
  }

  private SecretDefinition secret(String id) {
    return SecretDefinition.of(id, names.physicalName(id), properties(id));
  }

  private ApiDefinition api(String id, ApiKind kind) {
    Map<?, ?> own = properties(id);
    Map<?, ?> definition = Tree.map(own.get("DefinitionBody"));
    Stream<Object> binary =
        Stream.concat(
            Tree.list(own.get("BinaryMediaTypes")).stream(),
            Tree.list(definition.get("x-amazon-apigateway-binary-media-types")).stream());
    Set<String> binaryMediaTypes =
        binary.map(type -> type.toString().replace("~1", "/")).collect(Collectors.toSet());
    List<Route> routes =
        Tree.map(definition.get("paths")).entrySet().stream()
            .flatMap(
                path ->
                    Tree.map(path.getValue()).entrySet().stream()
                        .flatMap(operation -> route(kind, path.getKey(), operation).stream()))
            .toList();
    if (routes.isEmpty()) {
      throw new TemplateException(
          id
              + " has no route: its DefinitionBody needs paths with"
              + " x-amazon-apigateway-integration");
    }
    String stage = Tree.text(own, "StageName").orElse(ApiDefinition.DEFAULT_STAGE);
    return new ApiDefinition(
        id, kind, stage, binaryMediaTypes, routes, GatewayResponse.in(definition));
  }

  private static Optional<Route> route(ApiKind kind, Object path, Map.Entry<?, ?> operation) {
    Map<?, ?> integration =
        Tree.map(Tree.map(operation.getValue()).get("x-amazon-apigateway-integration"));
    if (integration.isEmpty()) {
      return Optional.empty();
    }
    String where = operation.getKey() + " " + path;
    if (kind == ApiKind.HTTP
        && !"1.0".equals(Tree.text(integration, "payloadFormatVersion").orElse(""))) {
      throw new TemplateException(where + ": payloadFormatVersion must be '1.0'");
    }
    String method = operation.getKey().toString();
    int limit = kind == ApiKind.HTTP ? 30_000 : 29_000;
    int timeout = Tree.number(integration, "timeoutInMillis").orElse(limit);
    if (timeout < 50 || timeout > limit) {
      throw new TemplateException(where + ": timeoutInMillis must be from 50 to " + limit);
    }
    return Optional.of(
        new Route(
            method.equals("x-amazon-apigateway-any-method")
                ? "ANY"
                : method.toUpperCase(Locale.ROOT),
            path.toString().replaceFirst("^/\\$default$", "\\$default"),
            FunctionReference.parse(Tree.text(integration, "uri").orElse(""))
                .orElseThrow(() -> new TemplateException(where + ": its uri names no function"))
                .name(),
            Duration.ofMillis(timeout)));
  }

  private Stream<String> ofType(String type) {
    return resources.entrySet().stream()
        .filter(resource -> Tree.text(resource.getValue(), "Type").orElse("").equals(type))
        .map(Map.Entry::getKey);
  }

  private Map<?, ?> properties(String id) {
    try {
      return Tree.map(intrinsics.evaluate(Tree.map(resources.get(id)).get("Properties")));
    } catch (TemplateException e) {
      throw new TemplateException(id + ": " + e.getMessage(), e);
    }
  }
}
