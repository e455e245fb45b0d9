package dev.lamella.core.upload;

import dev.lamella.core.LayerId;
import dev.lamella.core.layer.StagedPart;
import dev.lamella.core.port.SignedUrl;
import dev.lamella.core.port.Staging;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** Staging in which something happens before each read, or removal: what others do meanwhile. */
final class WatchedStaging implements Staging {
  private final Staging staging;
  private final Runnable beforeRead;
  private final Runnable beforeRemoval;

  WatchedStaging(Staging staging, Runnable beforeRead, Runnable beforeRemoval) {
    this.staging = staging;
    this.beforeRead = beforeRead;
    this.beforeRemoval = beforeRemoval;
  }

  @Override
  public Reading read(LayerId upload, StagedPart part, long offset, int length) throws IOException {
    beforeRead.run();
    return staging.read(upload, part, offset, length);
  }

  @Override
  public SignedUrl signPut(LayerId upload, int index, int length) {
    return staging.signPut(upload, index, length);
  }

  @Override
  public SignedUrl signPutWhole(LayerId upload) {
    return staging.signPutWhole(upload);
  }

  @Override
  public void put(LayerId upload, StagedPart part, byte[] bytes, int offset, int length) {
    staging.put(upload, part, bytes, offset, length);
  }

  @Override
  public Map<Integer, Long> staged(LayerId upload) {
    return staging.staged(upload);
  }

  @Override
  public Optional<Found> find(LayerId upload, StagedPart part) {
    return staging.find(upload, part);
  }

  @Override
  public void remove(LayerId upload) {
    staging.remove(upload);
  }

  @Override
  public void remove(LayerId upload, StagedPart part, String tag) {
    beforeRemoval.run();
    staging.remove(upload, part, tag);
  }
}
