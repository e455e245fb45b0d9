package dev.lamella.local.template;

/**
 * Where a stack is said to be: what the pseudo parameters answer.
 *
 * @param account twelve digits
 */
public record Place(String stack, String region, String account) {

  /** What a local stack says of itself. */
  public static final Place LOCAL = new Place("lamella", "us-east-1", "000000000000");

  String arn(String service, String resource) {
    return "arn:aws:%s:%s:%s:%s".formatted(service, region, account, resource);
  }

  String functionArn(String name) {
    return arn("lambda", "function:" + name);
  }
}
