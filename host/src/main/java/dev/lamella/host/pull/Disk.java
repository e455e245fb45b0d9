package dev.lamella.host.pull;

import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.outcome.LocalFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Files on the way to their final names. */
final class Disk {
  private final boolean durable;

  /**
   * @param durable whether files are flushed before they get their final name
   */
  Disk(boolean durable) {
    this.durable = durable;
  }

  /** Opens a file to read and write it, never by a link; it is made where it is missing. */
  static FileChannel open(Path file) {
    try {
      return FileChannel.open(
          file,
          StandardOpenOption.CREATE,
          StandardOpenOption.READ,
          StandardOpenOption.WRITE,
          LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      throw LocalFile.failure("write", file, e);
    }
  }

  /** Makes the file so long, with holes where nothing was written. */
  static void setLength(FileChannel channel, Path file, long length) {
    try {
      if (channel.size() > length) {
        channel.truncate(length);
      } else if (channel.size() < length) {
        channel.write(ByteBuffer.allocate(1), length - 1);
      }
    } catch (IOException e) {
      throw LocalFile.failure("write", file, e);
    }
  }

  /**
   * @param file a file or directory on the disk that the bytes are for
   */
  static void requireSpace(Path file, long bytes) {
    try {
      long free = Files.getFileStore(file).getUsableSpace();
      if (free < bytes) {
        throw new HostFailure(
            ExitCode.IO,
            "the disk of %s is too full: %d MB are needed, %d MB are free"
                .formatted(file, Math.ceilDiv(bytes, 1_000_000), free / 1_000_000));
      }
    } catch (IOException e) {
      throw LocalFile.failure("write to", file, e);
    }
  }

  /** Gives a proven file its final name, in one step. */
  void rename(FileChannel channel, Path from, Path to) {
    try {
      if (durable) {
        channel.force(true);
      }
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw LocalFile.failure("write", to, e);
    }
  }

  /** Writes a small file under a partial name in the directory, then gives it its final one. */
  void write(Path partial, Path to, byte[] bytes) {
    try (FileChannel channel = open(partial)) {
      channel.truncate(0);
      ByteBuffer left = ByteBuffer.wrap(bytes);
      while (left.hasRemaining()) {
        var _ = channel.write(left);
      }
      rename(channel, partial, to);
    } catch (IOException e) {
      throw LocalFile.failure("write", to, e);
    }
  }
}
