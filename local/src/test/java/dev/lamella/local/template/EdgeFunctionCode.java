package dev.lamella.local.template;

import java.nio.file.Path;
import java.util.regex.Pattern;

/** The code of the CloudFront Function, out of a template. */
public final class EdgeFunctionCode {
  private EdgeFunctionCode() {}

  /**
   * @param staging what it is to take for the beginning of every place in staging
   * @param signIn on or off
   */
  public static String of(Path template, String staging, String signIn) {
    Object function =
        Tree.map(CloudFormationYaml.read(template).get("Resources")).get("EdgeFunction");
    Object code = Tree.map(Tree.map(function).get("Properties"));
    Object text = Tree.map(Tree.map(code).get("FunctionCode")).get("Fn::Sub");
    return String.valueOf(text)
        .replaceFirst(
            Pattern.quote("https://${StagingBucket.RegionalDomainName}/uploads/"), staging)
        .replace("${SignIn}", signIn)
        .replace("${AWS::StackName}", "store");
  }
}
