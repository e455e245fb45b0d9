package dev.lamella.host.store;

import java.io.IOException;
import java.io.OutputStream;
import java.util.function.LongConsumer;

/** What a request sends. Written anew at each try. */
public interface Body {
  /** In bytes. */
  long length();

  /**
   * @param progress told of bytes as they go
   */
  void writeTo(OutputStream out, LongConsumer progress) throws IOException;

  static Body of(byte[] bytes) {
    return new Body() {
      @Override
      public long length() {
        return bytes.length;
      }

      @Override
      public void writeTo(OutputStream out, LongConsumer progress) throws IOException {
        out.write(bytes);
        progress.accept(bytes.length);
      }
    };
  }
}
