package dev.lamella.core.write;

import dev.lamella.core.Parallel;
import dev.lamella.core.Slicing;
import dev.lamella.core.Unavailable;
import dev.lamella.core.layer.Piece;
import dev.lamella.core.layer.StagedPart;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.layer.Upload.Source;
import dev.lamella.core.port.Staging;
import dev.lamella.core.port.Staging.PartMissing;
import dev.lamella.core.port.UploadIndex;
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

  /** Some bytes of a part, and where in the shard they belong. */
  private record Range(StagedPart part, long from, int offset, int length) {}

  private final Staging staging;
  private final UploadIndex uploads;

  StagedShard(Staging staging, UploadIndex uploads) {
    this.staging = staging;
    this.uploads = uploads;
  }

  /**
   * Fills the beginning of {@code bytes} with the shard. When this returns, or throws, nothing
   * writes there any more.
   *
   * @throws PartMissing where not all of the shard is staged
   */
  void read(Upload upload, int index, byte[] bytes) throws PartMissing {
    int length = upload.slicing().length(index);
    List<Range> ranges =
        switch (upload.source()) {
          case Source.Parts(), Source.Repair _ -> {
            StagedPart part = StagedPart.ofShard(index);
            if (length == 0 && staging.length(upload.id(), part).isEmpty()) {
              throw new PartMissing("part " + index + " of upload " + upload.id() + " is missing");
            }
            yield ranges(part, 0, 0, length);
          }
          case Source.Chunks _ -> pieces(upload, index);
          case Source.Whole() ->
              ranges(StagedPart.WHOLE, upload.slicing().offset(index), 0, length);
          case Source.Call() ->
              throw new PartMissing("upload " + upload.id() + " has nothing in staging");
        };
    fill(upload, ranges, bytes);
  }

  private List<Range> pieces(Upload upload, int index) throws PartMissing {
    Slicing slicing = upload.slicing();
    long start = slicing.offset(index);
    long end = start + slicing.length(index);
    long at = start;
    List<Range> ranges = new ArrayList<>();
    for (Piece piece : uploads.pieces(upload.id(), start, end)) {
      if (piece.offset() != at) {
        break;
      }
      ranges.addAll(ranges(piece.part(), 0, (int) (at - start), piece.length()));
      at = piece.end();
    }
    if (at != end) {
      throw new PartMissing("of shard " + index + " only " + (at - start) + " bytes are recorded");
    }
    return ranges;
  }

  private static List<Range> ranges(StagedPart part, long from, int offset, int length) {
    List<Range> ranges = new ArrayList<>();
    for (int done = 0; done < length; done += RANGE) {
      ranges.add(new Range(part, from + done, offset + done, Math.min(RANGE, length - done)));
    }
    return ranges;
  }

  private void fill(Upload upload, List<Range> ranges, byte[] bytes) throws PartMissing {
    try {
      Parallel.map(
          ranges,
          CONNECTIONS,
          range -> {
            fill(upload, range, bytes);
            return range;
          });
    } catch (MissingRange e) {
      throw e.missing;
    }
  }

  private void fill(Upload upload, Range range, byte[] bytes) {
    try (InputStream in = staging.read(upload.id(), range.part(), range.from(), range.length())) {
      if (in.readNBytes(bytes, range.offset(), range.length()) < range.length()) {
        throw new PartMissing(range.part() + " of upload " + upload.id() + " is too short");
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
