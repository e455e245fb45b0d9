package dev.lamella.host.transfer;

import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import java.util.Optional;

/**
 * Remembers which upload a blob of a repository is in, so that a transfer that was killed goes on
 * where it stopped. What it forgets costs only that. Thread-safe.
 */
public interface UploadMemory {
  /** Remembers nothing. */
  UploadMemory NONE =
      new UploadMemory() {
        @Override
        public Optional<LayerId> find(Digest blob) {
          return Optional.empty();
        }

        @Override
        public void keep(Digest blob, LayerId upload) {}

        @Override
        public void forget(Digest blob) {}
      };

  /** What was kept last; the store answers with another upload where it is of no use any more. */
  Optional<LayerId> find(Digest blob);

  void keep(Digest blob, LayerId upload);

  void forget(Digest blob);
}
