package dev.lamella.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lamella.aws.Adapters;
import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.Reference.Tag;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.Unavailable;
import dev.lamella.core.access.AccountName;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.layer.StagedPart;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.core.port.AssembledLayers;
import dev.lamella.core.port.ImageIndex;
import dev.lamella.core.port.LayerIndex;
import dev.lamella.core.port.Secrets;
import dev.lamella.core.port.ShardIndex;
import dev.lamella.core.port.Staging;
import dev.lamella.core.port.UploadIndex;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/**
 * A bucket or table that is gone: its operator has to know which, and the caller is not to blame.
 */
class MissingServicesTest {
  private static final AwsServices SERVICES = AwsServices.started();

  @Test
  void staging_isMissing_isUnavailableByName() {
    Staging staging = SERVICES.adapters(Map.of("STAGING_BUCKET", "no-staging")).staging();
    LayerId id = LayerId.random();
    StagedPart part = StagedPart.ofShard(0);

    areUnavailable(
        "bucket no-staging (staging) does not exist",
        () -> staging.staged(id),
        () -> staging.length(id, part),
        () -> staging.read(id, part, 0, 1),
        () -> staging.put(id, part, new byte[1], 0, 1),
        () -> staging.remove(id, part, "\"tag\""),
        () -> staging.remove(id));
  }

  @Test
  void manifests_areMissing_isUnavailableByName() {
    RepositoryName image = Samples.image();
    Indexes indexes = AwsServices.indexes(SERVICES.adapters());
    Digest config = indexes.store(image);
    Manifest large = Samples.manifest(List.of(config), "x".repeat(300_000));
    Tag tag = new Tag("1");
    ImageIndex broken = SERVICES.adapters(Map.of("MANIFEST_BUCKET", "no-manifests")).images();

    areUnavailable(
        "bucket no-manifests (the store of large manifests) does not exist",
        () -> broken.put(image, large, Optional.of(tag), true, Samples.NOW));

    indexes.images().put(image, large, Optional.of(tag), true, Samples.NOW);
    areUnavailable(
        "bucket no-manifests (the store of large manifests) does not exist",
        () -> broken.find(image, tag));
  }

  @Test
  void assembledLayers_areMissing_isUnavailableByName() {
    AssembledLayers assembled =
        SERVICES.adapters(Map.of("ASSEMBLED_BUCKET", "no-assembled")).assembledLayers();
    LayerId id = LayerId.random();
    Shard shard = ShardStoreContract.shard(1);

    areUnavailable(
        "bucket no-assembled (the store of assembled layers) does not exist",
        () -> assembled.assemble(id, List.of(shard)),
        () -> assembled.list(Optional.empty(), 10));
  }

  @Test
  void table_isMissing_isUnavailableByName() {
    Adapters adapters = SERVICES.adapters(Map.of("TABLE", "no-table"));
    LayerIndex layers = adapters.layers();
    ShardIndex shards = adapters.shards();
    UploadIndex uploads = adapters.uploads();
    RepositoryName image = Samples.image();
    Digest digest = Samples.digest();
    LayerId id = LayerId.random();

    areUnavailable(
        "DynamoDB table no-table does not exist",
        () -> layers.find(digest),
        () -> layers.find(image, digest),
        () -> layers.link(image, digest, Samples.NOW),
        () -> layers.imagesOf(digest, Optional.empty(), 10),
        () -> layers.due(Samples.NOW, Optional.empty(), 10),
        () -> layers.mayAwait(image),
        () -> uploads.end(id),
        () -> uploads.claim(id, List.of(1), Samples.NOW),
        () -> uploads.expectNoMore(image, id),
        () -> uploads.create(Samples.upload(image, digest)),
        () -> shards.layers(Optional.empty(), 10),
        () -> adapters.images().images(Optional.empty(), 10),
        () -> adapters.collections().list(10),
        () -> adapters.reports().list(Optional.empty(), 10));
  }

  @Test
  void accessTable_isMissing_isUnavailableByName() {
    Adapters adapters = SERVICES.adapters(Map.of("ACCESS_TABLE", "no-access"));
    AccountName name = new AccountName("ci");

    areUnavailable(
        "DynamoDB table no-access does not exist",
        () -> adapters.accounts().find(name),
        () -> adapters.accounts().list(Optional.empty(), 10),
        () -> adapters.accounts().remove(name),
        () -> adapters.trust().read(),
        () -> adapters.trust().end(name, Samples.NOW, Samples.LATER));
  }

  @Test
  void secret_isMissing_isUnavailableByName() {
    Map<String, String> variables = new HashMap<>(SERVICES.newAccess());
    variables.put("SIGNING_KEY_SECRET", "no-secret");
    Secrets secrets = SERVICES.adapters(variables).secrets();

    areUnavailable(
        "the secret with the signing key does not exist",
        () -> secrets.read(Secrets.Name.SIGNING_KEY),
        () -> secrets.write(Secrets.Name.SIGNING_KEY, "value"));
    assertThat(secrets.read(Secrets.Name.ADMINISTRATOR)).isEmpty();
  }

  private static void areUnavailable(String message, ThrowingCallable... calls) {
    for (int i = 0; i < calls.length; i++) {
      assertThatThrownBy(calls[i])
          .as("call " + i)
          .isInstanceOf(Unavailable.class)
          .hasMessageContaining(message);
    }
  }
}
