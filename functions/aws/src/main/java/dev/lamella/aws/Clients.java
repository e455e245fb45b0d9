package dev.lamella.aws;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/**
 * Builds the SDK's clients from a function's environment. They share one HTTP client and live as
 * long as the function does. Every call ends: attempts and calls have a time limit, and are retried
 * with backoff and jitter.
 */
final class Clients {
  private static final int MOST_ATTEMPTS = 4;

  private final Environment environment;
  private final Region region;
  private final AwsCredentialsProvider credentials;
  private final SdkHttpClient http =
      new UrlConnections(Duration.ofSeconds(2), Duration.ofSeconds(20));

  Clients(Environment environment) {
    this.environment = environment;
    this.region = Region.of(environment.required("AWS_REGION"));
    this.credentials = credentials(environment);
  }

  DynamoDbClient dynamoDb() {
    return DynamoDbClient.builder()
        .region(region)
        .credentialsProvider(credentials)
        .endpointOverride(environment.endpoint("DYNAMODB").orElse(null))
        .httpClient(http)
        .overrideConfiguration(configuration(Duration.ofSeconds(5), Duration.ofSeconds(15)))
        .build();
  }

  LambdaClient lambda() {
    return LambdaClient.builder()
        .region(region)
        .credentialsProvider(credentials)
        .endpointOverride(environment.endpoint("LAMBDA").orElse(null))
        .httpClient(http)
        .overrideConfiguration(configuration(Duration.ofSeconds(5), Duration.ofSeconds(15)))
        .build();
  }

  SecretsManagerClient secretsManager() {
    return SecretsManagerClient.builder()
        .region(region)
        .credentialsProvider(credentials)
        .endpointOverride(environment.endpoint("SECRETSMANAGER").orElse(null))
        .httpClient(http)
        .overrideConfiguration(configuration(Duration.ofSeconds(5), Duration.ofSeconds(15)))
        .build();
  }

  /** FilterLogEvents looks through a lot before it answers. */
  CloudWatchLogsClient cloudWatchLogs() {
    return CloudWatchLogsClient.builder()
        .region(region)
        .credentialsProvider(credentials)
        .endpointOverride(environment.endpoint("CLOUDWATCH_LOGS").orElse(null))
        .httpClient(http)
        .overrideConfiguration(configuration(Duration.ofSeconds(15), Duration.ofSeconds(18)))
        .build();
  }

  /** An S3 of the function's own region, where staging and manifests are. */
  S3Place home() {
    return new S3Place(region.id(), environment.endpoint("S3"));
  }

  /** Where a storage server is: at its endpoint, else at S3 of its region. */
  S3Place place(String serverRegion, Optional<URI> endpoint) {
    return new S3Place(serverRegion, endpoint.or(() -> environment.endpoint("S3")));
  }

  /**
   * @param buckets what to call the buckets in messages
   */
  S3Client s3(S3Place place, Map<String, String> buckets) {
    ClientOverrideConfiguration configuration =
        configuration(Duration.ofSeconds(60), Duration.ofSeconds(180)).toBuilder()
            .addExecutionInterceptor(new NoExpectContinue())
            .build();
    S3Client client =
        S3Client.builder()
            .putAuthScheme(new BodyOutsideSignature())
            .region(Region.of(place.region()))
            .credentialsProvider(credentials)
            .endpointOverride(place.endpoint().orElse(null))
            .httpClient(http)
            .serviceConfiguration(s3Configuration(place))
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .overrideConfiguration(configuration)
            .build();
    return NamedS3Client.of(client, buckets);
  }

  S3Presigner presigner(S3Place place) {
    return S3Presigner.builder()
        .region(Region.of(place.region()))
        .credentialsProvider(credentials)
        .endpointOverride(place.endpoint().orElse(null))
        .serviceConfiguration(s3Configuration(place))
        .build();
  }

  /** One S3: the same place needs one client. */
  record S3Place(String region, Optional<URI> endpoint) {}

  private static S3Configuration s3Configuration(S3Place place) {
    return S3Configuration.builder()
        .pathStyleAccessEnabled(place.endpoint().isPresent())
        .chunkedEncodingEnabled(false)
        .build();
  }

  private static ClientOverrideConfiguration configuration(Duration attempt, Duration call) {
    return ClientOverrideConfiguration.builder()
        .apiCallAttemptTimeout(attempt)
        .apiCallTimeout(call)
        .retryStrategy(
            AwsRetryStrategy.standardRetryStrategy().toBuilder().maxAttempts(MOST_ATTEMPTS).build())
        .build();
  }

  /**
   * Where the environment names endpoints it names the keys to them too; else as AWS gives them.
   */
  private static AwsCredentialsProvider credentials(Environment environment) {
    Optional<String> id = environment.optional("AWS_ACCESS_KEY_ID");
    if (!environment.hasEndpoints() || id.isEmpty()) {
      return DefaultCredentialsProvider.builder().build();
    }
    String secret = environment.required("AWS_SECRET_ACCESS_KEY");
    AwsCredentials keys =
        environment
            .optional("AWS_SESSION_TOKEN")
            .<AwsCredentials>map(token -> AwsSessionCredentials.create(id.get(), secret, token))
            .orElseGet(() -> AwsBasicCredentials.create(id.get(), secret));
    return StaticCredentialsProvider.create(keys);
  }
}
