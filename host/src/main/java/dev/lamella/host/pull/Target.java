package dev.lamella.host.pull;

import dev.lamella.core.Descriptor;
import java.nio.file.Path;
import java.util.Collection;

/** Where an image goes. Nothing gets its final name before it is proven. */
sealed interface Target extends AutoCloseable permits LayoutTarget, ArchiveTarget {

  /** An archive where the name ends in {@code .tar}, a layout directory otherwise. */
  static Target open(Path path, boolean durable) {
    return path.getFileName() != null && path.getFileName().toString().endsWith(".tar")
        ? ArchiveTarget.open(path, durable)
        : LayoutTarget.open(path, durable);
  }

  /** Told before anything else what will come, and told anew where that becomes less. */
  void prepare(PulledImage image, Collection<Descriptor> blobs);

  /** Whether the blob is there under its final name; proven, not assumed. */
  boolean has(Descriptor blob);

  /** Where a blob goes that is not there. Called once for each after {@link #prepare}. */
  PartialRegion place(Descriptor blob);

  /** All bytes of the blob are in its place and proven. */
  void proven(Descriptor blob, PartialRegion place);

  /** All blobs are proven: the image gets its name. */
  void finish();

  /** Lets go of the files; what is not proven stays for the next pull. */
  @Override
  void close();
}
