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

  /**
   * Whether it is held in memory, and small. The JDK gives what a 401 says only where it may send
   * the body again, and so keeps a copy.
   */
  default boolean isHeld() {
    return false;
  }

  static Body of(byte[] bytes) {
    return new Body() {
      @Override
      public boolean isHeld() {
        return true;
      }

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
