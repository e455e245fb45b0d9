package dev.lamella.aws;

import dev.lamella.core.StorageServer;
import dev.lamella.core.port.AccountIndex;
import dev.lamella.core.port.AssembledLayers;
import dev.lamella.core.port.Assemblers;
import dev.lamella.core.port.AssemblyIndex;
import dev.lamella.core.port.AuditTrail;
import dev.lamella.core.port.CollectionIndex;
import dev.lamella.core.port.ImageIndex;
import dev.lamella.core.port.Janitor;
import dev.lamella.core.port.LayerIndex;
import dev.lamella.core.port.OpenUploads;
import dev.lamella.core.port.ReportIndex;
import dev.lamella.core.port.Secrets;
import dev.lamella.core.port.ShardIndex;
import dev.lamella.core.port.ShardStore;
import dev.lamella.core.port.ShardWriters;
import dev.lamella.core.port.Staging;
import dev.lamella.core.port.TrustIndex;
import dev.lamella.core.port.UploadIndex;
import dev.lamella.core.port.Verifiers;
import dev.lamella.core.port.WorkIndex;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * The ports as a function's environment sets them up. Ask for each once, at the function's start:
 * that is when its variables are checked, and nothing is called yet.
 *
 * <p>Where the environment has variables {@code AWS_ENDPOINT_URL…}, those endpoints and the keys
 * beside them are used; else AWS, as the function's role.
 */
public final class Adapters {
  private static final int USUAL_URL_MINUTES = 15;

  /** Presigned URLs end after seven days at the latest. */
  private static final int MOST_URL_MINUTES = 7 * 24 * 60;

  private final Environment environment;
  private final Clients clients;
  private final DynamoDbClient dynamoDb;

  public Adapters(Environment environment) {
    this.environment = environment;
    this.clients = new Clients(environment);
    this.dynamoDb = clients.dynamoDb();
  }

  public LayerIndex layers() {
    return new DynamoLayerIndex(table());
  }

  public ShardIndex shards() {
    return new DynamoShardIndex(table());
  }

  public UploadIndex uploads() {
    return new DynamoUploadIndex(table());
  }

  public OpenUploads openUploads() {
    return new DynamoOpenUploads(table());
  }

  public ImageIndex images() {
    String bucket = environment.required("MANIFEST_BUCKET");
    Map<String, String> names = Map.of(bucket, "the store of large manifests");
    return new DynamoImageIndex(
        table(), new LargeManifests(clients.s3(clients.home(), names), bucket));
  }

  public Staging staging() {
    String bucket = environment.required("STAGING_BUCKET");
    return new S3Staging(
        clients.s3(clients.home(), Map.of(bucket, "staging")),
        clients.presigner(clients.home()),
        bucket,
        urlLifetime());
  }

  public ShardStore shardStore() {
    return new S3ShardStore(clients, environment.storageServers(), urlLifetime());
  }

  public ShardWriters shardWriters() {
    return new LambdaShardWriters(
        new AsynchronousFunction(clients.lambda(), environment.required("SHARD_WRITER")));
  }

  public ReportIndex reports() {
    return new DynamoReportIndex(table());
  }

  public WorkIndex works() {
    return new DynamoWorkIndex(table());
  }

  /**
   * @param function name or ARN of the verifier
   */
  public Verifiers verifiers(String function) {
    return new LambdaVerifiers(new AsynchronousFunction(clients.lambda(), function));
  }

  public CollectionIndex collections() {
    return new DynamoCollectionIndex(table());
  }

  public Janitor janitor() {
    return new LambdaJanitor(
        new AsynchronousFunction(clients.lambda(), environment.required("JANITOR")));
  }

  public AssemblyIndex assemblies() {
    return new DynamoAssemblyIndex(table());
  }

  public Assemblers assemblers() {
    return new LambdaAssemblers(
        new AsynchronousFunction(clients.lambda(), environment.required("ASSEMBLER")));
  }

  public AssembledLayers assembledLayers() {
    String bucket = environment.required("ASSEMBLED_BUCKET");
    Map<String, String> near =
        environment.storageServers().stream()
            .filter(
                server -> clients.place(server.region(), server.endpoint()).equals(clients.home()))
            .collect(Collectors.toMap(StorageServer::id, StorageServer::bucket));
    return new S3AssembledLayers(
        clients.s3(clients.home(), Map.of(bucket, "the store of assembled layers")),
        clients.presigner(clients.home()),
        bucket,
        near,
        shardStore(),
        urlLifetime());
  }

  public AccountIndex accounts() {
    return new DynamoAccountIndex(accessTable(), InstantSource.system());
  }

  public TrustIndex trust() {
    return new DynamoTrustIndex(accessTable(), InstantSource.system());
  }

  public Secrets secrets() {
    return new SecretsManagerSecrets(
        clients.secretsManager(),
        Map.of(
            Secrets.Name.ADMINISTRATOR, environment.required("ADMINISTRATOR_SECRET"),
            Secrets.Name.SIGNING_KEY, environment.required("SIGNING_KEY_SECRET")));
  }

  /** The logs of all functions that write the audit trail. */
  public List<AuditTrail> auditTrails() {
    CloudWatchLogsClient logs = clients.cloudWatchLogs();
    return Stream.of(environment.required("AUDIT_LOGS").split(","))
        .<AuditTrail>map(group -> new CloudWatchAuditTrail(logs, group.strip()))
        .toList();
  }

  private Table table() {
    return new Table(dynamoDb, environment.required("TABLE"));
  }

  private Table accessTable() {
    return new Table(dynamoDb, environment.required("ACCESS_TABLE"));
  }

  private Duration urlLifetime() {
    return Duration.ofMinutes(
        environment.number("URL_LIFETIME_MINUTES", USUAL_URL_MINUTES, 1, MOST_URL_MINUTES));
  }
}
