package dev.lamella.embedded;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** The lines of a log from a place on. */
final class LogLines {
  /** Bytes of a line, as CloudWatch takes them; of a longer one the rest is left out. */
  private static final int LONGEST = 256 << 10;

  private final List<Path> files;

  LogLines(Path log) {
    this.files = LogFile.all(log);
  }

  /**
   * @param file which, whatever it is called by now
   * @param offset of a line, in bytes
   */
  record Place(String file, long offset) {
    @Override
    public String toString() {
      return file + ":" + offset;
    }

    static Optional<Place> parse(String text) {
      int colon = text.lastIndexOf(':');
      try {
        long offset = Long.parseLong(text.substring(colon + 1));
        return colon < 1 || offset < 0
            ? Optional.empty()
            : Optional.of(new Place(text.substring(0, colon), offset));
      } catch (NumberFormatException _) {
        return Optional.empty();
      }
    }
  }

  boolean has(Place place) throws IOException {
    for (Path file : files) {
      if (key(file).filter(place.file()::equals).isPresent()) {
        return true;
      }
    }
    return false;
  }

  /**
   * Gives lines to one that says whether it takes more. What is not ended by a break yet is none.
   *
   * @return where to go on; empty where there is nothing after
   */
  Optional<Place> read(Optional<Place> from, Predicate<String> taker) throws IOException {
    boolean isReached = from.isEmpty();
    for (Path file : files) {
      Optional<String> key = key(file);
      boolean isHere = key.isPresent() && from.map(Place::file).equals(key);
      if (key.isPresent() && (isReached || isHere)) {
        isReached = true;
        long offset = isHere ? from.map(Place::offset).orElse(0L) : 0;
        Optional<Long> stopped = read(file, offset, taker);
        if (stopped.isPresent()) {
          return Optional.of(new Place(key.get(), stopped.get()));
        }
      }
    }
    return Optional.empty();
  }

  /** Where it stopped, but for the end. */
  private static Optional<Long> read(Path file, long from, Predicate<String> taker)
      throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      in.skipNBytes(Math.min(from, Files.size(file)));
      long offset = from;
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      for (int next = in.read(); next >= 0; next = in.read()) {
        offset++;
        if (next != '\n') {
          if (line.size() < LONGEST) {
            line.write(next);
          }
          continue;
        }
        boolean isMore = taker.test(line.toString(StandardCharsets.UTF_8));
        line.reset();
        if (!isMore) {
          return Optional.of(offset);
        }
      }
      return Optional.empty();
    }
  }

  /** What a file keeps when it is renamed. */
  private static Optional<String> key(Path file) throws IOException {
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      Object key = attributes.fileKey();
      return Optional.of(String.valueOf(key == null ? attributes.creationTime() : key));
    } catch (NoSuchFileException _) {
      return Optional.empty();
    }
  }
}
