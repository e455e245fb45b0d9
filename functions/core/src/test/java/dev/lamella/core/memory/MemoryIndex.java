package dev.lamella.core.memory;

import dev.lamella.core.port.AssemblyIndex;
import dev.lamella.core.port.ImageIndex;
import dev.lamella.core.port.LayerIndex;
import dev.lamella.core.port.ReportIndex;
import dev.lamella.core.port.ShardIndex;
import dev.lamella.core.port.UploadIndex;
import dev.lamella.core.port.WorkIndex;

/** The indexes of one store in memory. Each call is atomic. */
public record MemoryIndex(
    LayerIndex layers,
    ShardIndex shards,
    UploadIndex uploads,
    ImageIndex images,
    ReportIndex reports,
    WorkIndex works,
    AssemblyIndex assemblies) {

  /** An empty one. */
  public static MemoryIndex create() {
    MemoryTables tables = new MemoryTables();
    return new MemoryIndex(
        new MemoryLayers(tables),
        new MemoryShards(tables),
        new MemoryUploads(tables),
        new MemoryImages(tables),
        new MemoryReports(tables),
        new MemoryWorks(tables),
        new MemoryAssemblies(tables));
  }
}
