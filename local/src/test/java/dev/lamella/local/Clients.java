package dev.lamella.local;

import dev.lamella.embedded.Credentials;
import java.net.URI;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.s3.S3Client;

/** SDK clients of a local stack: what works with them works with any program of AWS. */
public final class Clients {
  private Clients() {}

  public static S3Client s3(URI endpoint, Credentials keys) {
    return at(endpoint, keys, S3Client.builder().forcePathStyle(true))
        .httpClientBuilder(UrlConnectionHttpClient.builder())
        .build();
  }

  public static DynamoDbClient dynamoDb(LocalStack stack) {
    return at(stack.dynamoDbEndpoint(), stack.credentials(), DynamoDbClient.builder())
        .httpClientBuilder(UrlConnectionHttpClient.builder())
        .build();
  }

  public static LambdaClient lambda(LocalStack stack, Credentials keys) {
    return at(stack.lambdaEndpoint(), keys, LambdaClient.builder())
        .httpClientBuilder(UrlConnectionHttpClient.builder())
        .build();
  }

  private static <B extends AwsClientBuilder<B, C>, C> B at(
      URI endpoint, Credentials keys, B builder) {
    return builder
        .endpointOverride(endpoint)
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(
                AwsBasicCredentials.create(keys.accessKey(), keys.secretKey())));
  }
}
