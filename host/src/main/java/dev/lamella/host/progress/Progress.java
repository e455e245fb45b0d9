package dev.lamella.host.progress;

import dev.lamella.core.Digest;

/** Told how a push or pull goes on, from many threads at once. */
public interface Progress {
  /** Ignores all of it. */
  Progress NONE =
      new Progress() {
        @Override
        public void begin(Digest blob, long size) {}

        @Override
        public void moved(Digest blob, long bytes) {}

        @Override
        public void end(Digest blob, String outcome) {}

        @Override
        public void note(String line) {}
      };

  /**
   * A blob will be sent or fetched.
   *
   * @param size in bytes
   */
  void begin(Digest blob, long size);

  /** Bytes of it have been moved; negative where a try failed and they have to be moved again. */
  void moved(Digest blob, long bytes);

  /** Nothing is left to do for a blob; it may never have begun. */
  void end(Digest blob, String outcome);

  /** Something that the user should know. */
  void note(String line);
}
