package dev.lamella.core.upload;

import dev.lamella.core.LayerId;
import dev.lamella.core.layer.StagedPart;
import dev.lamella.core.port.SignedUrl;
import dev.lamella.core.port.Staging;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.OptionalLong;

/** Staging in which something happens before each read: what a host does meanwhile. */
final class WatchedStaging implements Staging {
  private final Staging staging;
  private final Runnable before;

  WatchedStaging(Staging staging, Runnable before) {
    this.staging = staging;
    this.before = before;
  }

  @Override
  public InputStream read(LayerId upload, StagedPart part, long offset, int length)
      throws IOException {
    before.run();
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
  public OptionalLong length(LayerId upload, StagedPart part) {
    return staging.length(upload, part);
  }

  @Override
  public void remove(LayerId upload) {
    staging.remove(upload);
  }
}
