package dev.lamella.localstack;

import java.net.URI;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sqs.SqsClient;

/** An operator's view of a cloud. */
record Aws(
    S3Client s3,
    DynamoDbClient dynamoDb,
    LambdaClient lambda,
    CloudWatchLogsClient logs,
    EventBridgeClient events,
    SqsClient sqs) {

  static Aws of(Cloud cloud) {
    URI endpoint = cloud.endpoint();
    SdkHttpClient http = UrlConnectionHttpClient.create();
    return new Aws(
        client(S3Client.builder().forcePathStyle(true), endpoint, http),
        client(DynamoDbClient.builder(), endpoint, http),
        client(LambdaClient.builder(), endpoint, http),
        client(CloudWatchLogsClient.builder(), endpoint, http),
        client(EventBridgeClient.builder(), endpoint, http),
        client(SqsClient.builder(), endpoint, http));
  }

  private static <B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>, C> C client(
      B builder, URI endpoint, SdkHttpClient http) {
    return builder
        .endpointOverride(endpoint)
        .region(Region.of(Cloud.REGION))
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create(Cloud.KEY, Cloud.KEY)))
        .httpClient(http)
        .build();
  }
}
