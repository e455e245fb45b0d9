package dev.lamella.host.pull;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.Reference.Tag;
import dev.lamella.core.Refusal;
import dev.lamella.core.api.Json;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.core.manifest.ManifestReader;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.outcome.LocalFile;
import dev.lamella.host.source.OpenRegion;
import dev.lamella.host.source.Region;
import dev.lamella.host.transfer.SerialDigest;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * An OCI image layout directory, new or with other images in it, which stay. Blobs come to {@code
 * .lamella/} first, and get their final name when they are proven; the index is written last.
 */
final class LayoutTarget implements Target {
  private static final String WORK = ".lamella";
  private static final String INDEX = "index.json";
  private static final String VERSION = "oci-layout";

  private final Path directory;
  private final Path work;
  private final TargetLock lock;
  private final Disk disk;
  private final Set<FileChannel> open = ConcurrentHashMap.newKeySet();
  private Optional<PulledImage> image = Optional.empty();

  private LayoutTarget(Path directory, TargetLock lock, boolean durable) {
    this.directory = directory;
    this.work = directory.resolve(WORK);
    this.lock = lock;
    this.disk = new Disk(durable);
  }

  static LayoutTarget open(Path directory, boolean durable) {
    requireLayout(directory);
    Path work = directory.resolve(WORK);
    try {
      Files.createDirectories(work);
    } catch (IOException e) {
      throw LocalFile.failure("make", work, e);
    }
    LayoutTarget target =
        new LayoutTarget(directory, TargetLock.take(work.resolve("lock"), directory), durable);
    try {
      var _ = target.index();
      return target;
    } catch (HostFailure e) {
      target.close();
      throw e;
    }
  }

  private static void requireLayout(Path directory) {
    if (!Files.exists(directory)) {
      return;
    }
    if (!Files.isDirectory(directory)) {
      throw new HostFailure(
          ExitCode.IO,
          directory + " is a file: name a directory, or a file that ends in .tar for an archive");
    }
    try (Stream<Path> entries = Files.list(directory)) {
      boolean isFree = entries.allMatch(entry -> entry.endsWith(WORK) || entry.endsWith("blobs"));
      if (!isFree && !Files.isRegularFile(directory.resolve(VERSION))) {
        throw new HostFailure(
            ExitCode.IO,
            directory + " holds other things than an OCI layout: name a new or empty directory");
      }
    } catch (IOException e) {
      throw LocalFile.failure("read", directory, e);
    }
  }

  @Override
  public void prepare(PulledImage pulled, Collection<Descriptor> blobs) {
    image = Optional.of(pulled);
    long needed = 0;
    for (Descriptor blob : blobs) {
      makeDirectory(blobs(blob.digest()));
      if (!Files.exists(file(blob.digest())) && !Files.exists(partial(blob.digest()))) {
        needed += blob.size();
      }
    }
    Disk.requireSpace(directory, needed);
  }

  private static void makeDirectory(Path made) {
    try {
      Files.createDirectories(made);
    } catch (IOException e) {
      throw LocalFile.failure("make", made, e);
    }
  }

  @Override
  public boolean has(Descriptor blob) {
    Path file = file(blob.digest());
    try {
      if (!Files.isRegularFile(file) || Files.size(file) != blob.size()) {
        return false;
      }
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
        OpenRegion bytes = new OpenRegion(new Region(file, 0, blob.size()), channel);
        return SerialDigest.of(blob.digest().algorithm(), bytes, blob.size()).equals(blob.digest());
      }
    } catch (IOException e) {
      throw LocalFile.failure("read", file, e);
    }
  }

  @Override
  public PartialRegion place(Descriptor blob) {
    Path file = partial(blob.digest());
    boolean begun = Files.exists(file);
    FileChannel channel = Disk.open(file);
    open.add(channel);
    Disk.setLength(channel, file, blob.size());
    return new PartialRegion(channel, file, 0, blob.size(), begun);
  }

  @Override
  public void proven(Descriptor blob, PartialRegion place) {
    try (FileChannel channel = place.channel()) {
      disk.rename(channel, place.file(), file(blob.digest()));
    } catch (IOException e) {
      throw LocalFile.failure("write", place.file(), e);
    }
  }

  @Override
  public void finish() {
    PulledImage pulled = image.orElseThrow();
    Optional<JsonNode> before = index();
    Map<Tag, Manifest> lists =
        ReferrerLists.of(
            pulled.referring(),
            tag -> before.flatMap(json -> LayoutIndex.tagged(json, tag)).flatMap(this::list));
    Stream.concat(pulled.all().stream(), lists.values().stream()).forEach(this::write);
    byte[] index = LayoutIndex.with(before, pulled, lists);
    disk.write(work.resolve(VERSION), directory.resolve(VERSION), LayoutIndex.OCI_LAYOUT);
    disk.write(work.resolve(INDEX), directory.resolve(INDEX), index);
  }

  private void write(Manifest manifest) {
    makeDirectory(blobs(manifest.digest()));
    disk.write(partial(manifest.digest()), file(manifest.digest()), manifest.bytes());
  }

  /** A list that is there; one that cannot be read, or is another than its digest says, is none. */
  private Optional<byte[]> list(JsonNode entry) {
    try {
      Descriptor list =
          new Descriptor(
              entry.path("mediaType").asString(""),
              Digest.parse(entry.path("digest").asString("")),
              entry.path("size").asLong(0));
      if (list.size() > ManifestReader.LARGEST || !has(list)) {
        return Optional.empty();
      }
      byte[] bytes = Files.readAllBytes(file(list.digest()));
      var _ = ManifestReader.read(list.digest(), ManifestReader.OCI_INDEX, bytes);
      return Optional.of(bytes);
    } catch (IOException | Refusal _) {
      return Optional.empty();
    }
  }

  private Optional<JsonNode> index() {
    Path file = directory.resolve(INDEX);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      JsonNode index = Json.tree(Files.readAllBytes(file));
      if (index.isObject() && index.path("manifests").isArray()) {
        return Optional.of(index);
      }
    } catch (IOException e) {
      throw LocalFile.failure("read", file, e);
    } catch (Refusal _) {
      // It is not JSON, which is as bad as JSON that is no index.
    }
    throw new HostFailure(
        ExitCode.IO, file + " is not the index of an OCI layout: name a new or empty directory");
  }

  private Path blobs(Digest digest) {
    return directory.resolve("blobs").resolve(digest.algorithm().prefix());
  }

  private Path file(Digest digest) {
    return blobs(digest).resolve(digest.hex());
  }

  private Path partial(Digest digest) {
    return work.resolve(digest.algorithm().prefix() + "-" + digest.hex());
  }

  @Override
  public void close() {
    for (FileChannel channel : open) {
      try {
        channel.close();
      } catch (IOException _) {
        // What is in it is not believed anyway.
      }
    }
    lock.close();
    try {
      Files.deleteIfExists(work);
    } catch (IOException _) {
      // It is not empty: there is something to go on with.
    }
  }
}
