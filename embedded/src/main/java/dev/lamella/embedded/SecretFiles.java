package dev.lamella.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Secrets as files of a directory, which only their owner can read. A file holds the value and
 * nothing else; an empty one is a secret that has none yet.
 */
final class SecretFiles {
  /** Those of Secrets Manager, but for slashes, and for a dot at the beginning. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_+=@-][A-Za-z0-9_+=.@-]{0,99}");

  private final Path directory;

  private SecretFiles(Path directory) {
    this.directory = directory;
  }

  static SecretFiles in(Path directory) throws IOException {
    Files.createDirectories(directory);
    SecretFiles files = new SecretFiles(directory);
    if (files.hasPermissions()) {
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    }
    return files;
  }

  /** Whether there is such a secret, with a value or without. */
  boolean has(String name) {
    return NAME.matcher(name).matches() && Files.isRegularFile(directory.resolve(name));
  }

  /** Empty where there is no such secret, or where it has no value. */
  Optional<String> read(String name) throws IOException {
    try {
      return has(name)
          ? Optional.of(Files.readString(directory.resolve(name))).filter(text -> !text.isEmpty())
          : Optional.empty();
    } catch (NoSuchFileException _) {
      return Optional.empty();
    }
  }

  /**
   * Leaves a secret that is there as it is.
   *
   * @throws IllegalArgumentException for a name that no file can have here
   */
  synchronized void create(String name, Optional<String> value) throws IOException {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "'%s' is no name of a secret here: letters, digits and _+=.@-, at most 100"
              .formatted(name));
    }
    if (!has(name)) {
      write(name, value.orElse(""));
    }
  }

  /** All of the new value is there, or all of the one before, whenever the machine stops. */
  synchronized void write(String name, String value) throws IOException {
    Path beside = directory.resolve("." + name + ".new");
    Files.deleteIfExists(beside);
    try (FileChannel file =
        FileChannel.open(
            beside,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            permissions())) {
      ByteBuffer bytes = StandardCharsets.UTF_8.encode(value);
      while (bytes.hasRemaining()) {
        int _ = file.write(bytes);
      }
      file.force(true);
    }
    Files.move(
        beside,
        directory.resolve(name),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  private FileAttribute<?>[] permissions() throws IOException {
    return hasPermissions()
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }

  private boolean hasPermissions() throws IOException {
    return Files.getFileStore(directory).supportsFileAttributeView("posix");
  }
}
