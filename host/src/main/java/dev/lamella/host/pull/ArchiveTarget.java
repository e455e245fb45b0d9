package dev.lamella.host.pull;

import dev.lamella.core.Descriptor;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.outcome.LocalFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;

/**
 * An OCI archive: written in place under a partial name beside it, which becomes final when all is
 * proven. An archive of that name that was there before is replaced in that moment.
 */
final class ArchiveTarget implements Target {
  private final Path archive;
  private final Path partial;
  private final TargetLock lock;
  private final FileChannel channel;
  private final Disk disk;
  private final boolean existed;
  private Optional<ArchiveLayout> layout = Optional.empty();
  private boolean begun;

  private ArchiveTarget(Path archive, Path partial, TargetLock lock, boolean durable) {
    this.archive = archive;
    this.partial = partial;
    this.lock = lock;
    this.existed = Files.exists(partial);
    this.channel = Disk.open(partial);
    this.disk = new Disk(durable);
  }

  static ArchiveTarget open(Path named, boolean durable) {
    Path archive = LinkedTo.file(named);
    if (Files.exists(archive) && !Files.isRegularFile(archive)) {
      throw new HostFailure(
          ExitCode.IO, archive + " is no file: name another, or a directory for a layout");
    }
    Path directory = archive.toAbsolutePath().getParent();
    if (directory == null || !Files.isDirectory(directory)) {
      throw new HostFailure(ExitCode.IO, "there is no directory " + directory + ": make it first");
    }
    Path partial = archive.resolveSibling(archive.getFileName() + ".partial");
    TargetLock lock =
        TargetLock.take(partial.resolveSibling(partial.getFileName() + ".lock"), archive);
    try {
      return new ArchiveTarget(archive, partial, lock, durable);
    } catch (HostFailure e) {
      lock.close();
      throw e;
    }
  }

  @Override
  public void prepare(PulledImage image, Collection<Descriptor> blobs) {
    ArchiveLayout planned = new ArchiveLayout(image, blobs);
    try {
      // Another length is that of another image: whatever fits by chance is found by its links.
      begun = existed && channel.size() == planned.length();
    } catch (IOException e) {
      throw LocalFile.failure("read", partial, e);
    }
    if (!begun) {
      Disk.requireSpace(partial, planned.length());
    }
    Disk.setLength(channel, partial, planned.length());
    layout = Optional.of(planned);
  }

  @Override
  public boolean has(Descriptor blob) {
    return false;
  }

  @Override
  public PartialRegion place(Descriptor blob) {
    long offset = layout.orElseThrow().offset(blob.digest());
    return new PartialRegion(channel, partial, offset, blob.size(), begun);
  }

  @Override
  public void proven(Descriptor blob, PartialRegion place) {
    // The archive becomes final as a whole.
  }

  @Override
  public void finish() {
    ArchiveLayout written = layout.orElseThrow();
    PartialRegion whole = new PartialRegion(channel, partial, 0, written.length(), begun);
    written.pieces().forEach(piece -> whole.write(ByteBuffer.wrap(piece.bytes()), piece.offset()));
    disk.rename(channel, partial, archive);
  }

  @Override
  public void close() {
    try {
      channel.close();
      if (layout.isEmpty() && !existed) {
        Files.deleteIfExists(partial); // There is nothing in it to go on with.
      }
    } catch (IOException _) {
      // Whatever had to be on the disk was forced there before.
    }
    lock.close();
  }
}
