package dev.lamella.local.template;

/**
 * The values of CloudFormation's pseudo parameters, such as {@code AWS::StackName}.
 *
 * @param account twelve digits
 */
public record PseudoParameters(String stack, String region, String account) {

  /** Those of a local stack. */
  public static final PseudoParameters LOCAL =
      new PseudoParameters("lamella", "us-east-1", "000000000000");

  String arn(String service, String resource) {
    return "arn:aws:%s:%s:%s:%s".formatted(service, region, account, resource);
  }

  String functionArn(String name) {
    return arn("lambda", "function:" + name);
  }
}
