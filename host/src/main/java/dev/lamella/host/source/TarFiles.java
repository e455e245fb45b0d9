package dev.lamella.host.source;

import dev.lamella.host.outcome.LocalFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.tar.TarFile;

/**
 * A tar archive, of which only the headers are read: POSIX, GNU and pax, with long names and sizes
 * over 8 GiB. As unpacking it would: of entries with one name the last counts, and an absolute name
 * is one within the archive.
 */
final class TarFiles implements SourceFiles {
  private static final int MOST_LINKS = 8;
  private static final int RECORD = 512;
  private static final Set<Byte> PLAIN =
      Set.of(TarConstants.LF_NORMAL, TarConstants.LF_OLDNORM, TarConstants.LF_CONTIG);

  private final TarArchive archive;
  private final Map<String, Region> files = new HashMap<>();

  /** Link to its target, both as names in the archive: {@code docker save} links equal layers. */
  private final Map<String, String> links = new HashMap<>();

  TarFiles(TarArchive archive) {
    this.archive = archive;
    requireSize();
    try (HeadersOnly headers = new HeadersOnly(Files.newByteChannel(archive.file()));
        TarFile tar = new TarFile(headers)) {
      long size = headers.size();
      tar.getEntries().forEach(entry -> add(entry, size));
    } catch (IOException | IllegalArgumentException e) {
      throw bad("it is not a whole tar archive: " + e.getMessage());
    }
  }

  @Override
  public Path source() {
    return archive.shown();
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

  /** What is not a tar often parses as an empty one. */
  private void requireSize() {
    try {
      long size = Files.size(archive.file());
      if (size < RECORD) {
        throw bad("it is not a tar archive: it has " + size + " bytes");
      }
    } catch (IOException e) {
      throw LocalFile.failure("read", archive.file(), e);
    }
  }

  private void add(TarArchiveEntry entry, long size) {
    String name = normal(entry.getName());
    if (entry.isDirectory() || name.isEmpty()) {
      return;
    }
    files.remove(name);
    links.remove(name);
    if (entry.isSymbolicLink()) {
      int parent = name.lastIndexOf('/');
      String prefix = parent < 0 ? "" : name.substring(0, parent + 1);
      String target = entry.getLinkName();
      links.put(name, normal(target.startsWith("/") ? target : prefix + target));
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
    files.put(name, new Region(archive.file(), entry.getDataOffset(), entry.getSize()));
  }
}
