package dev.lamella.tests;

import java.util.List;
import java.util.Map;
import java.util.Set;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectsRequest;
import software.amazon.awssdk.services.s3.model.UploadPartCopyRequest;

/**
 * What IAM is asked for a call.
 *
 * @param resource its name, as in {@code bucket/key}, {@code table/index/name}
 * @param context what conditions of a policy look at: a key of a condition may have several values
 */
record AwsCall(String action, String resource, Map<String, Set<String>> context) {
  AwsCall {
    context = Map.copyOf(context);
  }

  AwsCall(String action, String resource) {
    this(action, resource, Map.of());
  }

  /** All that one request of the SDK needs. */
  static List<AwsCall> of(SdkRequest request) {
    String operation = request.getClass().getSimpleName().replaceFirst("Request$", "");
    String service =
        request.getClass().getPackageName().replaceFirst(".*services\\.(\\w+).*", "$1");
    return switch (service) {
      case "s3" -> s3(operation, request);
      case "dynamodb" -> TableCalls.of(operation, request);
      case "secretsmanager" ->
          List.of(new AwsCall("secretsmanager:" + operation, text(request, "SecretId")));
      case "cloudwatchlogs" ->
          List.of(new AwsCall("logs:" + operation, text(request, "logGroupName")));
      case "lambda" -> {
        if (!operation.equals("Invoke")) {
          throw new AssertionError("which permission does Lambda want for " + operation + "?");
        }
        yield List.of(new AwsCall("lambda:InvokeFunction", text(request, "FunctionName")));
      }
      default -> throw new AssertionError("which permission does it need? " + request.getClass());
    };
  }

  /** What S3 wants before it says that an object is missing, and not that it may not be read. */
  static AwsCall missing(SdkRequest request) {
    String bucket =
        request instanceof UploadPartCopyRequest
            ? source(request).replaceFirst("/.*", "")
            : text(request, "Bucket");
    return new AwsCall("s3:ListBucket", bucket);
  }

  private static List<AwsCall> s3(String operation, SdkRequest request) {
    String bucket = text(request, "Bucket");
    String object = bucket + "/" + text(request, "Key");
    return switch (operation) {
      case "ListObjectsV2" ->
          List.of(
              new AwsCall(
                  "s3:ListBucket", bucket, Map.of("s3:prefix", Set.of(text(request, "Prefix")))));
      case "UploadPartCopy" ->
          List.of(
              new AwsCall("s3:GetObject", source(request)),
              new AwsCall(
                  "s3:PutObject",
                  text(request, "DestinationBucket") + "/" + text(request, "DestinationKey")));
      case "DeleteObjects" ->
          ((DeleteObjectsRequest) request)
              .delete().objects().stream()
                  .map(each -> new AwsCall("s3:DeleteObject", bucket + "/" + each.key()))
                  .toList();
      case "GetObject", "HeadObject" -> List.of(new AwsCall("s3:GetObject", object));
      case "PutObject" ->
          List.of(
              new AwsCall(
                  "s3:PutObject", object, header("s3:if-none-match", request, "IfNoneMatch")));
      case "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload" ->
          List.of(new AwsCall("s3:PutObject", object));
      case "DeleteObject" ->
          List.of(
              new AwsCall("s3:DeleteObject", object, header("s3:if-match", request, "IfMatch")));
      case "AbortMultipartUpload" -> List.of(new AwsCall("s3:AbortMultipartUpload", object));
      default -> throw new AssertionError("which permission does S3 want for " + operation + "?");
    };
  }

  /** Bucket and key, of which an interceptor of the SDK's own may have made one text before. */
  private static String source(SdkRequest request) {
    String bucket = text(request, "SourceBucket");
    return bucket.isEmpty()
        ? text(request, "CopySource").replaceFirst("^/", "")
        : bucket + "/" + text(request, "SourceKey");
  }

  private static Map<String, Set<String>> header(String key, SdkRequest request, String field) {
    String value = text(request, field);
    return value.isEmpty() ? Map.of() : Map.of(key, Set.of(value));
  }

  static String text(SdkRequest request, String field) {
    return request.getValueForField(field, String.class).orElse("");
  }
}
