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

  /**
   * Empty if the template declares no such resource, and SAM makes none such of one: alias, role or
   * stage.
   */
  Optional<String> ref(String id) {
    if (resources.containsKey(id)) {
      return Optional.of(declared(id));
    }
    if (id.endsWith("FunctionRole") && resources.containsKey(id.replaceFirst("Role$", ""))) {
      return Optional.of(physicalName(id));
    }
    if (id.endsWith(".Stage")) {
      Object api = resources.get(id.substring(0, id.indexOf('.')));
      return Optional.of(
          Tree.text(Tree.map(Tree.map(api).get("Properties")), "StageName")
              .orElse(ApiDefinition.DEFAULT_STAGE));
    }
    if (!id.endsWith(".Alias")) {
      return Optional.empty();
    }
    String function = id.substring(0, id.indexOf('.'));
    return Tree.text(
            Tree.map(Tree.map(resources.get(function)).get("Properties")), "AutoPublishAlias")
        .map(alias -> functionArn(function) + ":" + alias);
  }

  Optional<String> attribute(String id, String attribute) {
    if (!resources.containsKey(id)) {
      return Optional.empty();
    }
    return Optional.of(attribute.equals("Arn") ? arn(id) : physicalName(id) + "." + attribute);
  }

  String physicalName(String id) {
    String name = pseudo.stack() + "-" + id;
    return type(id).equals("AWS::S3::Bucket") ? name.toLowerCase(Locale.ROOT) : name;
  }

  String functionArn(String id) {
    return pseudo.functionArn(physicalName(id));
  }

  private String declared(String id) {
    return switch (type(id)) {
      case "AWS::S3::Bucket", "AWS::DynamoDB::Table", "AWS::Serverless::Function" ->
          physicalName(id);
      // AWS answers an ARN, which only it can make: it ends in six letters of its own.
      case "AWS::SecretsManager::Secret" -> physicalName(id);
      default -> id;
    };
  }

  private String arn(String id) {
    String name = physicalName(id);
    return switch (type(id)) {
      case "AWS::S3::Bucket" -> "arn:aws:s3:::" + name;
      case "AWS::DynamoDB::Table" -> pseudo.arn("dynamodb", "table/" + name);
      case "AWS::Serverless::Function" -> functionArn(id);
      default -> pseudo.arn(service(id), name);
    };
  }

  private String service(String id) {
    String[] parts = type(id).split("::", -1);
    return parts.length == 3 ? parts[1].toLowerCase(Locale.ROOT) : "local";
  }

  private String type(String id) {
    return Tree.text(Tree.map(resources.get(id)), "Type").orElse("");
  }
}
