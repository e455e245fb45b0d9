package dev.lamella.core.write;

import dev.lamella.core.LayerId;
import dev.lamella.core.Parallel;
import dev.lamella.core.Slicing;
import dev.lamella.core.Unavailable;
import dev.lamella.core.port.Staging;
import dev.lamella.core.port.Staging.PartMissing;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a shard's bytes from staging, once: what is proven is what was read, whatever a host does
 * to the part later. S3 gives a single connection only so much, so a shard is read by several
 * ranges at a time.
 */
final class StagedShard {
  /**
   * Small enough that 8 MiB come over four connections, large enough that a request's latency is
   * little beside it.
   */
  private static final int RANGE = 2 << 20;

  private static final int CONNECTIONS = 8;

  private record Range(int offset, int length) {}

  private final Staging staging;

  StagedShard(Staging staging) {
    this.staging = staging;
  }

  /**
   * Fills the beginning of {@code bytes} with the shard. When this returns, or throws, nothing
   * writes there any more.
   *
   * @throws PartMissing where the part is not staged, or is shorter than the shard
   */
  void read(LayerId upload, Slicing slicing, int index, byte[] bytes) throws PartMissing {
    int length = slicing.length(index);
    if (length == 0) {
      requireStaged(upload, index);
      return;
    }
    List<Range> ranges = new ArrayList<>();
    for (int offset = 0; offset < length; offset += RANGE) {
      ranges.add(new Range(offset, Math.min(RANGE, length - offset)));
    }
    try {
      Parallel.map(
          ranges,
          CONNECTIONS,
          range -> {
            fill(upload, index, range, bytes);
            return range;
          });
    } catch (MissingRange e) {
      throw e.missing;
    }
  }

  private void requireStaged(LayerId upload, int index) throws PartMissing {
    if (staging.length(upload, index).isEmpty()) {
      throw new PartMissing("part " + index + " of upload " + upload + " is not staged");
    }
  }

  private void fill(LayerId upload, int index, Range range, byte[] bytes) {
    try (InputStream in = staging.read(upload, index, range.offset(), range.length())) {
      if (in.readNBytes(bytes, range.offset(), range.length()) < range.length()) {
        throw new PartMissing("part " + index + " of upload " + upload + " is too short");
      }
    } catch (PartMissing e) {
      throw new MissingRange(e);
    } catch (IOException e) {
      throw new Unavailable("staging", e);
    }
  }

  /** Carries the checked exception out of a parallel range. */
  private static final class MissingRange extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient PartMissing missing;

    MissingRange(PartMissing missing) {
      super(missing);
      this.missing = missing;
    }
  }
}
