package dev.lamella.host.pull;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.Reference.Tag;
import dev.lamella.core.manifest.Manifest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * What is where in an OCI archive: all sizes are known before the first byte comes, so each shard
 * can be written at its final offset. The same image gives the same archive, byte for byte.
 */
final class ArchiveLayout {
  private static final int RECORD = 512;
  private static final int FILE = 0100644;

  /** Some bytes at an offset: headers and small files. */
  @SuppressWarnings("ArrayRecordComponent") // made here and written once
  record Piece(long offset, byte[] bytes) {}

  private final List<Piece> pieces = new ArrayList<>();
  private final Map<Digest, Long> offsets = new HashMap<>();
  private long end;

  ArchiveLayout(PulledImage image, Collection<Descriptor> blobs) {
    Map<Tag, Manifest> lists = ReferrerLists.of(image.referring(), _ -> Optional.empty());
    small("oci-layout", LayoutIndex.OCI_LAYOUT);
    small("index.json", LayoutIndex.with(Optional.empty(), image, lists));
    DockerManifest.of(image.name(), image.manifests())
        .ifPresent(bytes -> small("manifest.json", bytes));
    Stream.concat(image.all().stream(), lists.values().stream())
        .forEach(manifest -> small(path(manifest.digest()), manifest.bytes()));
    for (Descriptor blob : blobs) {
      offsets.put(blob.digest(), header(path(blob.digest()), blob.size()));
      skip(blob.size());
    }
    // Two records of zeros end an archive.
    add(new byte[2 * RECORD]);
  }

  List<Piece> pieces() {
    return List.copyOf(pieces);
  }

  /** Where a blob's content begins. */
  long offset(Digest blob) {
    return Optional.ofNullable(offsets.get(blob)).orElseThrow();
  }

  /** Bytes of the archive. */
  long length() {
    return end;
  }

  /** The name of a blob's entry. */
  static String path(Digest digest) {
    return "blobs/" + digest.algorithm().prefix() + "/" + digest.hex();
  }

  private void small(String name, byte[] bytes) {
    long offset = header(name, bytes.length);
    pieces.add(new Piece(offset, bytes));
    skip(bytes.length);
  }

  /** Leaves place for content, and fills its last record. */
  private void skip(long size) {
    end += size;
    add(new byte[(int) (Math.ceilDiv(size, (long) RECORD) * RECORD - size)]);
  }

  private void add(byte[] bytes) {
    pieces.add(new Piece(end, bytes));
    end += bytes.length;
  }

  /** Adds the headers of an entry, and returns where its content begins. */
  private long header(String name, long size) {
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setSize(size);
    entry.setMode(FILE);
    entry.setModTime(0);
    entry.setUserName("");
    entry.setGroupName("");
    ByteArrayOutputStream headers = new ByteArrayOutputStream();
    try {
      // Never closed: the content that it waits for is written elsewhere.
      TarArchiveOutputStream tar = new TarArchiveOutputStream(headers, RECORD, "UTF-8");
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
      tar.putArchiveEntry(entry);
      tar.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    add(headers.toByteArray());
    return end;
  }
}
