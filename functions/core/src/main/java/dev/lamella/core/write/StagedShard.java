package dev.lamella.core.write;

import dev.lamella.core.Parallel;
import dev.lamella.core.Slicing;
import dev.lamella.core.Unavailable;
import dev.lamella.core.layer.Piece;
import dev.lamella.core.layer.Rejection;
import dev.lamella.core.layer.Rejection.Reason;
import dev.lamella.core.layer.StagedPart;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.layer.Upload.Source;
import dev.lamella.core.port.Staging;
import dev.lamella.core.port.Staging.Found;
import dev.lamella.core.port.Staging.PartMissing;
import dev.lamella.core.port.Staging.Reading;
import dev.lamella.core.port.UploadIndex;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
   * @return what to {@link #reject} it by, where it can be sent again
   * @throws PartMissing where not all of the shard is staged
   * @throws Unavailable where another part came in its place while it was read
   */
  Optional<String> read(Upload upload, int index, byte[] bytes) throws PartMissing {
    int length = upload.slicing().length(index);
    switch (upload.source()) {
      case Source.Parts(), Source.Repair _ -> {
        return Optional.of(readPart(upload, index, bytes));
      }
      case Source.Chunks _ -> fill(upload, pieces(upload, index), bytes);
      case Source.Whole() ->
          fill(upload, ranges(StagedPart.WHOLE, upload.slicing().offset(index), 0, length), bytes);
      case Source.Call() ->
          throw new PartMissing("upload " + upload.id() + " has nothing in staging");
    }
    return Optional.empty();
  }

  private String readPart(Upload upload, int index, byte[] bytes) throws PartMissing {
    StagedPart part = StagedPart.ofShard(index);
    int length = upload.slicing().length(index);
    if (length == 0) {
      return staging
          .find(upload.id(), part)
          .orElseThrow(
              () -> new PartMissing("part " + index + " of upload " + upload.id() + " is missing"))
          .tag();
    }
    List<String> tags =
        fill(upload, ranges(part, 0, 0, length), bytes).stream().distinct().toList();
    if (tags.size() > 1) {
      throw new Unavailable(
          "staging",
          new IOException(
              "part %d of upload %s changed while it was read".formatted(index, upload.id())));
    }
    return tags.getFirst();
  }

  /**
   * Removes what was read, and nothing that came in its place: parts are put once, so that nobody
   * could send it again before.
   *
   * @param tag as {@link #read} returned it
   */
  Rejection reject(Upload upload, int index, Optional<String> tag) {
    tag.ifPresent(of -> staging.remove(upload.id(), StagedPart.ofShard(index), of));
    return new Rejection(index, Reason.WRONG_LINK);
  }

  /** Why a shard could not be read. A part that is too short is removed as one that is rejected. */
  Rejection missing(Upload upload, int index) {
    boolean isPart =
        switch (upload.source()) {
          case Source.Parts(), Source.Repair _ -> true;
          case Source.Chunks _, Source.Whole(), Source.Call() -> false;
        };
    StagedPart part = StagedPart.ofShard(index);
    Optional<Found> tooShort =
        Optional.of(part)
            .filter(_ -> isPart)
            .flatMap(of -> staging.find(upload.id(), of))
            .filter(found -> found.length() < upload.slicing().length(index));
    tooShort.ifPresent(found -> staging.remove(upload.id(), part, found.tag()));
    return new Rejection(index, tooShort.isPresent() ? Reason.WRONG_LENGTH : Reason.NOT_STAGED);
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

  /**
   * @return the tag of each range's part
   */
  private List<String> fill(Upload upload, List<Range> ranges, byte[] bytes) throws PartMissing {
    try {
      return Parallel.map(ranges, CONNECTIONS, range -> fill(upload, range, bytes));
    } catch (MissingRange e) {
      throw e.missing;
    }
  }

  private String fill(Upload upload, Range range, byte[] bytes) {
    try (Reading from = staging.read(upload.id(), range.part(), range.from(), range.length())) {
      if (from.in().readNBytes(bytes, range.offset(), range.length()) < range.length()) {
        throw new PartMissing(range.part() + " of upload " + upload.id() + " is too short");
      }
      return from.tag();
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
