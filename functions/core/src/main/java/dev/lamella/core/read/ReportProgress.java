package dev.lamella.core.read;

import dev.lamella.core.LayerId;
import dev.lamella.core.Slicing;
import dev.lamella.core.access.Caller;
import dev.lamella.core.api.UploadProgress;
import dev.lamella.core.layer.Rejection;
import dev.lamella.core.layer.Shard;
import dev.lamella.core.layer.Upload;
import dev.lamella.core.port.SignedUrl;
import dev.lamella.core.port.Staging;
import dev.lamella.core.port.UploadIndex;
import dev.lamella.core.repair.IntactShards;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** How far an upload has come, with fresh URLs for what is still to be sent. */
public final class ReportProgress {
  private static final int MOST_PARTS = 500;

  private final UploadIndex uploads;
  private final IntactShards intact;
  private final Staging staging;

  public ReportProgress(UploadIndex uploads, IntactShards intact, Staging staging) {
    this.uploads = uploads;
    this.intact = intact;
    this.staging = staging;
  }

  /**
   * @param from the part from which on URLs are wanted
   * @throws dev.lamella.core.Refusal {@code BLOB_UPLOAD_UNKNOWN}
   */
  public UploadProgress find(Caller caller, LayerId id, int from) {
    return of(uploads.require(caller, id), from, MOST_PARTS);
  }

  /**
   * @param most URLs to sign, 0 or more
   */
  public UploadProgress of(Upload upload, int from, int most) {
    BitSet written = new BitSet();
    for (Shard shard : intact.from(upload, 0)) {
      written.set(shard.index());
    }
    List<Rejection> notes = uploads.rejections(upload.id());
    List<Rejection> rejections = notes.stream().filter(note -> !note.isUntaken()).toList();
    List<String> unavailable =
        notes.stream()
            .filter(Rejection::isUntaken)
            .filter(untaken -> !written.get(untaken.index()))
            .flatMap(untaken -> untaken.servers().stream())
            .distinct()
            .sorted()
            .toList();
    BitSet staged = staged(upload, written, rejections);
    return report(upload, written, staged, rejections, unavailable, from, most);
  }

  /** The progress of an upload that was just opened. Reads nothing. */
  public UploadProgress ofNew(Upload upload, int most) {
    return report(upload, new BitSet(), new BitSet(), List.of(), List.of(), 0, most);
  }

  private BitSet staged(Upload upload, BitSet written, List<Rejection> rejections) {
    BitSet staged = new BitSet();
    Slicing slicing = upload.room();
    staging
        .staged(upload.id())
        .forEach(
            (index, bytes) ->
                staged.set(index, slicing.has(index) && bytes == slicing.length(index)));
    staged.andNot(written);
    rejections.forEach(rejection -> staged.clear(rejection.index()));
    return staged;
  }

  private UploadProgress report(
      Upload upload,
      BitSet written,
      BitSet staged,
      List<Rejection> rejections,
      List<String> unavailable,
      int from,
      int most) {
    BitSet there = (BitSet) written.clone();
    there.or(staged);
    List<UploadProgress.Part> parts = new ArrayList<>();
    OptionalInt next = OptionalInt.empty();
    Slicing slicing = upload.room();
    int count = upload.state() == Upload.State.OPEN ? slicing.count() : 0;
    for (int index = there.nextClearBit(from);
        index < count;
        index = there.nextClearBit(index + 1)) {
      if (parts.size() == most) {
        next = OptionalInt.of(index);
        break;
      }
      parts.add(part(upload, index));
    }
    return new UploadProgress(
        upload.id(),
        // The id of a stored layer is known to all its readers, and not only to who pushed it.
        Optional.of(upload.image()).filter(_ -> upload.state() == Upload.State.OPEN),
        upload.isUnsized() ? Optional.empty() : Optional.of(upload.digest()),
        upload.isUnsized() ? OptionalLong.empty() : OptionalLong.of(slicing.size()),
        slicing.shardSize(),
        slicing.count(),
        upload.state(),
        upload.expires(),
        written.stream().boxed().toList(),
        staged.stream().boxed().toList(),
        rejections.stream()
            .map(
                rejection ->
                    new UploadProgress.Rejected(rejection.index(), rejection.explanation()))
            .toList(),
        unavailable,
        parts,
        next);
  }

  private UploadProgress.Part part(Upload upload, int index) {
    Slicing slicing = upload.room();
    int length = slicing.length(index);
    SignedUrl url = staging.signPut(upload.id(), index, length);
    return new UploadProgress.Part(index, slicing.offset(index), length, url.uri(), url.headers());
  }
}
