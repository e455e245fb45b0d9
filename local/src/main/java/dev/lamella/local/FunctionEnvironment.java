package dev.lamella.local;

import dev.lamella.embedded.Credentials;
import dev.lamella.local.template.FunctionDefinition;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;

/** The environment of functions: the template's variables and those that Lambda adds. */
record FunctionEnvironment(
    Credentials credentials,
    String region,
    URI s3,
    URI dynamoDb,
    URI lambda,
    URI secrets,
    URI logs,
    EnvironmentCustomizer customizer) {

  Map<String, String> of(FunctionDefinition function) {
    Map<String, String> environment = new HashMap<>(function.environment());
    environment.putAll(
        Map.of(
            "AWS_REGION", region,
            "AWS_ACCESS_KEY_ID", credentials.accessKey(),
            "AWS_SECRET_ACCESS_KEY", credentials.secretKey(),
            "AWS_ENDPOINT_URL_S3", s3.toString(),
            "AWS_ENDPOINT_URL_DYNAMODB", dynamoDb.toString(),
            "AWS_ENDPOINT_URL_LAMBDA", lambda.toString(),
            "AWS_ENDPOINT_URL_SECRETSMANAGER", secrets.toString()));
    environment.putAll(
        Map.of(
            "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", logs.toString(),
            "AWS_LAMBDA_FUNCTION_NAME", function.name(),
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", Integer.toString(function.memory()),
            "AWS_LAMBDA_FUNCTION_VERSION", function.alias().isPresent() ? "1" : "$LATEST"));
    return Map.copyOf(customizer.customize(function.logicalId(), environment));
  }
}
