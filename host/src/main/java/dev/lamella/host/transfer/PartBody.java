package dev.lamella.host.transfer;

import dev.lamella.core.api.UploadProgress.Part;
import dev.lamella.host.store.Body;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.function.LongConsumer;

/**
 * The bytes of one part, straight from their source: what is held of them is one buffer. For one
 * try.
 */
final class PartBody implements Body {
  private static final int BUFFER = 64 << 10;

  private final UploadParts parts;
  private final Part part;
  private int moved;

  PartBody(UploadParts parts, Part part) {
    this.parts = parts;
    this.part = part;
  }

  @Override
  public long length() {
    return part.size();
  }

  @Override
  public void writeTo(OutputStream out, LongConsumer progress) throws IOException {
    byte[] buffer = new byte[Math.min(BUFFER, part.size())];
    while (moved < part.size()) {
      int read = read(buffer);
      out.write(buffer, 0, read);
      moved += read;
      parts.moved().accept(read);
      progress.accept(read);
    }
  }

  private int read(byte[] buffer) {
    ByteBuffer piece = ByteBuffer.wrap(buffer, 0, Math.min(buffer.length, part.size() - moved));
    int read = parts.source().read(piece, part.offset() + moved);
    if (read < 0) {
      throw BlobUpload.tooShort(parts.source());
    }
    return read;
  }

  /** What was moved has to be moved again. */
  void takeBack() {
    parts.moved().accept(-moved);
  }
}
