package dev.lamella.core.memory;

import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.layer.StagedPart;
import dev.lamella.core.port.SignedUrl;
import dev.lamella.core.port.Staging;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** Staged parts in memory; {@link #send} is what a host's PUT does. */
public final class MemoryStaging implements Staging {

  private record Key(LayerId upload, StagedPart part) {}

  /** The same bytes have the same tag, as in S3. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Kept(byte[] bytes, String tag) {
    static Kept of(byte[] bytes, int offset, int length) {
      byte[] copy = Arrays.copyOfRange(bytes, offset, offset + length);
      return new Kept(copy, Digest.of(Digest.Algorithm.SHA256, copy).hex());
    }
  }

  private final Map<Key, Kept> parts = new ConcurrentHashMap<>();

  /**
   * @return false where the part is there
   */
  public boolean send(LayerId upload, int index, byte[] bytes) {
    return parts.putIfAbsent(
            new Key(upload, StagedPart.ofShard(index)), Kept.of(bytes, 0, bytes.length))
        == null;
  }

  /** Stages a part, of any length, in place of what is there. */
  public void put(LayerId upload, int index, byte[] bytes) {
    replace(upload, StagedPart.ofShard(index), bytes);
  }

  /** As a PUT of a whole layer does. */
  public void replace(LayerId upload, StagedPart part, byte[] bytes) {
    parts.put(new Key(upload, part), Kept.of(bytes, 0, bytes.length));
  }

  @Override
  public void put(LayerId upload, StagedPart part, byte[] bytes, int offset, int length) {
    var _ = parts.putIfAbsent(new Key(upload, part), Kept.of(bytes, offset, length));
  }

  @Override
  public SignedUrl signPutWhole(LayerId upload) {
    return new SignedUrl(
        URI.create("memory://staging/uploads/" + upload + "/" + StagedPart.WHOLE.name()), Map.of());
  }

  @Override
  public SignedUrl signPut(LayerId upload, int index, int length) {
    return new SignedUrl(
        URI.create("memory://staging/uploads/" + upload + "/" + index),
        Map.of("content-length", Integer.toString(length), "if-none-match", "*"));
  }

  @Override
  public Map<Integer, Long> staged(LayerId upload) {
    Map<Integer, Long> staged = new TreeMap<>();
    parts.forEach(
        (key, kept) -> {
          if (key.upload.equals(upload) && key.part.name().matches("[0-9]+")) {
            staged.put(Integer.valueOf(key.part.name()), (long) kept.bytes.length);
          }
        });
    return staged;
  }

  @Override
  public Optional<Found> find(LayerId upload, StagedPart part) {
    return kept(upload, part).map(kept -> new Found(kept.bytes.length, kept.tag));
  }

  @Override
  public Reading read(LayerId upload, StagedPart part, long offset, int length) throws PartMissing {
    Kept kept =
        kept(upload, part)
            .orElseThrow(() -> new PartMissing(part + " of upload " + upload + " is not staged"));
    if (offset + length > kept.bytes.length) {
      throw new PartMissing(
          "%s of upload %s has %d bytes, not the %d from %d on"
              .formatted(part, upload, kept.bytes.length, length, offset));
    }
    return new Reading(
        new ByteArrayInputStream(kept.bytes, Math.toIntExact(offset), length), kept.tag);
  }

  @Override
  public void remove(LayerId upload, StagedPart part, String tag) {
    parts.computeIfPresent(new Key(upload, part), (_, kept) -> kept.tag.equals(tag) ? null : kept);
  }

  @Override
  public void remove(LayerId upload) {
    parts.keySet().removeIf(key -> key.upload.equals(upload));
  }

  private Optional<Kept> kept(LayerId upload, StagedPart part) {
    return Optional.ofNullable(parts.get(new Key(upload, part)));
  }
}
