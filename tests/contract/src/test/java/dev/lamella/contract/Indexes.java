package dev.lamella.contract;

import dev.lamella.core.Digest;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.memory.MemoryIndex;
import dev.lamella.core.port.AssemblyIndex;
import dev.lamella.core.port.ImageIndex;
import dev.lamella.core.port.LayerIndex;
import dev.lamella.core.port.ReportIndex;
import dev.lamella.core.port.ShardIndex;
import dev.lamella.core.port.UploadIndex;
import dev.lamella.core.port.WorkIndex;
import java.time.Instant;

/** The index ports of one store, since each looks at what others wrote. */
record Indexes(
    LayerIndex layers,
    ShardIndex shards,
    UploadIndex uploads,
    ImageIndex images,
    ReportIndex reports,
    WorkIndex works,
    AssemblyIndex assemblies) {

  static Indexes inMemory() {
    MemoryIndex index = MemoryIndex.create();
    return new Indexes(
        index.layers(),
        index.shards(),
        index.uploads(),
        index.images(),
        index.reports(),
        index.works(),
        index.assemblies());
  }

  /** An open upload of the digest. */
  Upload open(RepositoryName image, Digest digest) {
    Upload upload = Samples.upload(image, digest);
    uploads.create(upload);
    return upload;
  }

  /** Some layer that is stored, and linked to the image. */
  Digest store(RepositoryName image) {
    Upload upload = open(image, Samples.digest());
    layers.commit(upload, Samples.layer(upload));
    return upload.digest();
  }

  /** Whether a manifest names the layer, by what is visible. */
  boolean isNamed(Digest digest) {
    return layers.isNamed(digest, Instant.MAX);
  }
}
