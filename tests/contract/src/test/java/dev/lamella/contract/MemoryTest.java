package dev.lamella.contract;

import dev.lamella.core.LayerId;
import dev.lamella.core.api.AuditEvent;
import dev.lamella.core.layer.ShardBatch;
import dev.lamella.core.memory.MemoryAccounts;
import dev.lamella.core.memory.MemoryAssembledLayers;
import dev.lamella.core.memory.MemoryAuditTrail;
import dev.lamella.core.memory.MemoryCollections;
import dev.lamella.core.memory.MemoryOpenUploads;
import dev.lamella.core.memory.MemorySecrets;
import dev.lamella.core.memory.MemoryShardStore;
import dev.lamella.core.memory.MemoryShardWriters;
import dev.lamella.core.memory.MemoryStaging;
import dev.lamella.core.memory.MemoryTrust;
import dev.lamella.core.port.AccountIndex;
import dev.lamella.core.port.AssembledLayers;
import dev.lamella.core.port.AuditTrail;
import dev.lamella.core.port.CollectionIndex;
import dev.lamella.core.port.ImageIndex;
import dev.lamella.core.port.OpenUploads;
import dev.lamella.core.port.Secrets;
import dev.lamella.core.port.ShardStore;
import dev.lamella.core.port.ShardWriters;
import dev.lamella.core.port.Staging;
import dev.lamella.core.port.TrustIndex;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Nested;

/** The ports in memory. */
class MemoryTest {
  @Nested
  class Layers extends LayerIndexContract {
    @Override
    Indexes indexes() {
      return Indexes.inMemory();
    }
  }

  @Nested
  class Shards extends ShardIndexContract {
    @Override
    Indexes indexes() {
      return Indexes.inMemory();
    }
  }

  @Nested
  class Uploads extends UploadIndexContract {
    @Override
    Indexes indexes() {
      return Indexes.inMemory();
    }
  }

  @Nested
  class ExternalLayers extends ExternalLayersContract {
    @Override
    Indexes indexes() {
      return Indexes.inMemory();
    }
  }

  @Nested
  class ReleasedOnes extends ReleasedContract {
    @Override
    Indexes indexes() {
      return Indexes.inMemory();
    }
  }

  @Nested
  class ReleasedRaces extends ReleasedRacesContract {
    private final Ports ports = Ports.inMemory();

    @Override
    Indexes indexes() {
      return ports.indexes();
    }

    @Override
    ImageIndex stepping(int actor, Runnable step) {
      return ports.before(step).indexes().images();
    }

    @Override
    List<Integer> schedules() {
      return Schedules.of("released.schedules", ALL, ALL);
    }
  }

  @Nested
  class Images extends ImageIndexContract {
    @Override
    Indexes indexes() {
      return Indexes.inMemory();
    }
  }

  @Nested
  class Verifications extends VerificationContract {
    @Override
    Indexes indexes() {
      return Indexes.inMemory();
    }
  }

  @Nested
  class Collections extends CollectionIndexContract {
    @Override
    CollectionIndex collections() {
      return new MemoryCollections();
    }
  }

  @Nested
  class Open extends OpenUploadsContract {
    @Override
    OpenUploads openUploads() {
      return new MemoryOpenUploads();
    }
  }

  @Nested
  class Accounts extends AccountIndexContract {
    @Override
    AccountIndex accounts() {
      return new MemoryAccounts(InstantSource.system());
    }
  }

  @Nested
  class Trusted extends TrustIndexContract {
    @Override
    TrustIndex trust() {
      return new MemoryTrust(InstantSource.system());
    }
  }

  @Nested
  class SecretsKept extends SecretsContract {
    @Override
    Secrets secrets() {
      return new MemorySecrets();
    }
  }

  @Nested
  class Audited extends AuditTrailContract {
    @Override
    AuditTrail trail() {
      return new MemoryAuditTrail(100);
    }

    @Override
    void write(AuditEvent event) {
      ((MemoryAuditTrail) trail).add(event);
    }
  }

  @Nested
  class Collecting extends CollectContract {
    @Override
    Ports ports() {
      return Ports.inMemory();
    }

    @Override
    Ports stepping(int actor, Runnable step) {
      return ports.before(step);
    }

    @Override
    void send(LayerId upload, int index, byte[] part) {
      ((MemoryStaging) ports.staging()).put(upload, index, part);
    }

    @Override
    List<Integer> schedules() {
      // All pairs of 32 points, and as many by chance.
      return Schedules.of("collect.schedules", 2_048, 300);
    }

    @Override
    int deathsApart() {
      return 1;
    }
  }

  @Nested
  class StagedParts extends StagingContract {
    @Override
    Staging staging() {
      return new MemoryStaging();
    }

    @Override
    boolean send(LayerId upload, int index, byte[] part) {
      return ((MemoryStaging) staging).send(upload, index, part);
    }
  }

  @Nested
  class ShardsStored extends ShardStoreContract {
    @Override
    ShardStore store() {
      return new MemoryShardStore();
    }
  }

  @Nested
  class Writers extends ShardWritersContract {
    @Override
    ShardWriters writers(Consumer<ShardBatch> writer) {
      return new MemoryShardWriters(writer);
    }
  }

  @Nested
  class Assemblies extends AssemblyIndexContract {
    @Override
    Indexes indexes() {
      return Indexes.inMemory();
    }
  }

  @Nested
  class LayersAssembled extends AssembledLayersContract {
    @Override
    ShardStore store() {
      return new MemoryShardStore();
    }

    @Override
    AssembledLayers assembled() {
      return new MemoryAssembledLayers(store);
    }

    @Override
    byte[] get(LayerId layer) {
      return ((MemoryAssembledLayers) assembled).find(layer).orElseThrow();
    }
  }
}
