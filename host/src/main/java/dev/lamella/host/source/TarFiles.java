package dev.lamella.host.source;

import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.outcome.LocalFile;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.tar.TarFile;

/**
 * A tar archive, of which only the headers are read: POSIX, GNU and pax, with long names and sizes
 * over 8 GiB.
 */
final class TarFiles implements SourceFiles {
  private static final int MOST_LINKS = 8;
  private static final int RECORD = 512;

  /** Bytes of all headers, long names and pax records among them: 100,000 files have 50 MB. */
  private static final long MOST_HEADERS = 64 << 20;

  private static final Set<Byte> PLAIN =
      Set.of(TarConstants.LF_NORMAL, TarConstants.LF_OLDNORM, TarConstants.LF_CONTIG);
  private static final Map<String, String> COMPRESSIONS =
      Map.of("1f8b", "gzip", "28b52ffd", "zstd", "425a68", "bzip2", "fd377a58", "xz");

  private final Path source;
  private final Map<String, Region> files = new HashMap<>();

  /** Link to its target, both as names in the archive: {@code docker save} links equal layers. */
  private final Map<String, String> links = new HashMap<>();

  TarFiles(Path source) {
    this.source = source;
    requireTar();
    HostFailure tooLong =
        bad("its headers have over %d MiB, so it is not an image".formatted(MOST_HEADERS >> 20));
    try (SeekableByteChannel channel = Files.newByteChannel(source);
        TarFile tar = new TarFile(new CountedReads(channel, MOST_HEADERS, tooLong))) {
      long size = Files.size(source);
      tar.getEntries().forEach(entry -> add(entry, size));
    } catch (IOException | IllegalArgumentException e) {
      throw bad("it is not a whole tar archive: " + e.getMessage());
    }
  }

  @Override
  public Path source() {
    return source;
  }

  @Override
  public Optional<Region> find(String name) {
    String at = normal(name);
    for (int hop = 0; hop < MOST_LINKS && links.containsKey(at); hop++) {
      at = links.getOrDefault(at, at);
    }
    if (links.containsKey(at)) {
      throw bad("the links from %s lead in circles".formatted(name));
    }
    return Optional.ofNullable(files.get(at));
  }

  /** What is not a tar often parses as an empty one: say what it is. */
  private void requireTar() {
    String magic;
    try {
      long size = Files.size(source);
      magic = HexFormat.of().formatHex(new Region(source, 0, size).begin(4));
      if (size < RECORD) {
        throw bad("it is not a tar archive: it has " + size + " bytes");
      }
    } catch (IOException e) {
      throw LocalFile.failure("read", source, e);
    }
    COMPRESSIONS.forEach(
        (prefix, compression) -> {
          if (magic.startsWith(prefix)) {
            throw bad("it is compressed with %s: unpack it to a .tar first".formatted(compression));
          }
        });
  }

  private void add(TarArchiveEntry entry, long size) {
    String name = normal(entry.getName());
    if (entry.isDirectory() || name.isEmpty()) {
      return;
    }
    // Of two of a name the last counts, as for tar itself.
    files.remove(name);
    links.remove(name);
    if (entry.isSymbolicLink()) {
      int parent = name.lastIndexOf('/');
      String prefix = parent < 0 ? "" : name.substring(0, parent + 1);
      String target = entry.getLinkName();
      if (target.startsWith("/")) {
        throw bad("the link %s to %s leads out of it".formatted(name, target));
      }
      links.put(name, normal(prefix + target));
      return;
    }
    if (entry.isLink()) {
      links.put(name, normal(entry.getLinkName()));
      return;
    }
    if (!PLAIN.contains(entry.getLinkFlag()) || entry.isSparse()) {
      throw bad("%s is neither a plain file nor a directory".formatted(name));
    }
    if (entry.getDataOffset() < 0 || entry.getSize() > size - entry.getDataOffset()) {
      throw bad("it breaks off within %s: copy or save it again".formatted(name));
    }
    files.put(name, new Region(source, entry.getDataOffset(), entry.getSize()));
  }
}
