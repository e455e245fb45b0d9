package dev.lamella.embedded;

import java.net.URI;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** The SDK's client, as any program of AWS has it. */
final class Clients {
  private Clients() {}

  static S3Client s3(URI endpoint, Credentials keys) {
    return S3Client.builder()
        .forcePathStyle(true)
        .endpointOverride(endpoint)
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(
                AwsBasicCredentials.create(keys.accessKey(), keys.secretKey())))
        .httpClientBuilder(UrlConnectionHttpClient.builder())
        .build();
  }
}
