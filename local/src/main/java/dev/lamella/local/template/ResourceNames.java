package dev.lamella.local.template;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code Ref} and {@code Fn::GetAtt} answer for a resource. A physical name is the stack's
 * name and the logical id, so it is the same in every run; names that the template fixes are not
 * used, and a type that is not known here answers its logical id.
 */
final class ResourceNames {
  private final Map<?, ?> resources;
  private final PseudoParameters pseudo;

  ResourceNames(Map<?, ?> resources, PseudoParameters pseudo) {
    this.resources = resources;
    this.pseudo = pseudo;
  }

  /** Empty if nothing that the template declares, or that SAM adds to it, has this id. */
  Optional<String> ref(String id) {
    if (resources.containsKey(id)) {
      return Optional.of(declared(id));
    }
    int dot = id.indexOf('.');
    if (dot > 0 && resources.containsKey(id.substring(0, dot))) {
      return Optional.of(samProperty(id.substring(0, dot), id.substring(dot + 1)));
    }
    return resources.keySet().stream()
        .map(String::valueOf)
        .filter(id::startsWith)
        .findFirst()
        .map(owner -> samProperty(owner, id.substring(owner.length())))
        .or(() -> id.startsWith("Serverless") ? Optional.of(id) : Optional.empty());
  }

  Optional<String> attribute(String id, String attribute) {
    if (!resources.containsKey(id)) {
      return attribute.equals("Arn")
          ? ref(id).map(name -> pseudo.arn("iam", "role/" + name))
          : Optional.empty();
    }
    String name = physicalName(id);
    return Optional.of(
        switch (attribute) {
          case "Arn" -> arn(id, name);
          case "QueueName", "TopicName" -> name;
          case "QueueUrl" -> declared(id);
          case "StreamArn" -> arn(id, name) + "/stream/1";
          case "DomainName" -> name + ".s3.amazonaws.com";
          case "RegionalDomainName" -> name + ".s3." + pseudo.region() + ".amazonaws.com";
          default -> name + "." + attribute;
        });
  }

  String physicalName(String id) {
    String name = pseudo.stack() + "-" + id;
    return type(id).equals("AWS::S3::Bucket") ? name.toLowerCase(Locale.ROOT) : name;
  }

  String functionArn(String id) {
    return pseudo.functionArn(physicalName(id));
  }

  private String declared(String id) {
    String name = physicalName(id);
    return switch (type(id)) {
      case "AWS::SQS::Queue" ->
          "https://sqs.%s.amazonaws.com/%s/%s".formatted(pseudo.region(), pseudo.account(), name);
      case "AWS::SNS::Topic" -> arn(id, name);
      case "AWS::S3::Bucket",
          "AWS::DynamoDB::Table",
          "AWS::Serverless::Function",
          "AWS::Serverless::SimpleTable",
          "AWS::IAM::Role" ->
          name;
      case "AWS::Logs::LogGroup" -> "/" + pseudo.stack() + "/" + id;
      default -> id;
    };
  }

  private String arn(String id, String name) {
    return switch (type(id)) {
      case "AWS::S3::Bucket" -> "arn:aws:s3:::" + name;
      case "AWS::DynamoDB::Table", "AWS::Serverless::SimpleTable" ->
          pseudo.arn("dynamodb", "table/" + name);
      case "AWS::Serverless::Function" -> functionArn(id);
      case "AWS::SQS::Queue" -> pseudo.arn("sqs", name);
      case "AWS::SNS::Topic" -> pseudo.arn("sns", name);
      case "AWS::Logs::LogGroup" -> pseudo.arn("logs", "log-group:" + declared(id) + ":*");
      case "AWS::IAM::Role" -> "arn:aws:iam::" + pseudo.account() + ":role/" + name;
      default -> pseudo.arn(service(id), name);
    };
  }

  /** What SAM makes beside a function or an API: its alias, version, role, stage. */
  private String samProperty(String owner, String property) {
    if (!type(owner).equals("AWS::Serverless::Function")) {
      return property.equals("Stage") ? "live" : owner + property;
    }
    if (property.startsWith("Alias")) {
      return functionArn(owner)
          + ":"
          + Tree.text(
                  Tree.map(Tree.map(resources.get(owner)).get("Properties")), "AutoPublishAlias")
              .orElseGet(() -> property.length() > 5 ? property.substring(5) : "live");
    }
    return property.startsWith("Version")
        ? functionArn(owner) + ":1"
        : physicalName(owner) + property;
  }

  private String service(String id) {
    String[] parts = type(id).split("::", -1);
    return parts.length == 3 ? parts[1].toLowerCase(Locale.ROOT) : "local";
  }

  private String type(String id) {
    return Tree.text(Tree.map(resources.get(id)), "Type").orElse("");
  }
}
