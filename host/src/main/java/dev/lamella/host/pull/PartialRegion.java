package dev.lamella.host.pull;

import dev.lamella.host.outcome.LocalFile;
import dev.lamella.host.source.OpenRegion;
import dev.lamella.host.source.Region;
import dev.lamella.host.transfer.BlobSink;
import dev.lamella.host.transfer.BlobSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the bytes of one blob go, under a name that is not final. Nothing is written outside of it.
 *
 * @param offset where the blob begins in the file, in bytes
 * @param begun whether an earlier pull may have left some of it there
 */
record PartialRegion(FileChannel channel, Path file, long offset, long length, boolean begun)
    implements BlobSink {

  @Override
  public void write(ByteBuffer bytes, long at) {
    if (at < 0 || at + bytes.remaining() > length) {
      throw new IndexOutOfBoundsException(bytes.remaining() + " bytes at " + at + " of " + length);
    }
    try {
      for (long to = offset + at; bytes.hasRemaining(); ) {
        to += channel.write(bytes, to);
      }
    } catch (IOException e) {
      throw LocalFile.failure("write", file, e);
    }
  }

  @Override
  public Optional<BlobSource> earlier() {
    return begun ? written() : Optional.empty();
  }

  @Override
  public Optional<BlobSource> written() {
    return Optional.of(new OpenRegion(new Region(file, offset, length), channel));
  }
}
