package dev.lamella.core.memory;

import dev.lamella.core.LayerId;
import dev.lamella.core.layer.StagedPart;
import dev.lamella.core.port.SignedUrl;
import dev.lamella.core.port.Staging;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.URI;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** Staged parts in memory; {@link #put} is what a host's PUT does. */
public final class MemoryStaging implements Staging {

  private record Key(LayerId upload, StagedPart part) {}

  private final Map<Key, byte[]> parts = new ConcurrentHashMap<>();

  /** Stages a part, of any length. */
  public void put(LayerId upload, int index, byte[] bytes) {
    put(upload, StagedPart.ofShard(index), bytes, 0, bytes.length);
  }

  @Override
  public void put(LayerId upload, StagedPart part, byte[] bytes, int offset, int length) {
    parts.put(new Key(upload, part), Arrays.copyOfRange(bytes, offset, offset + length));
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
        Map.of("content-length", Integer.toString(length)));
  }

  @Override
  public Map<Integer, Long> staged(LayerId upload) {
    Map<Integer, Long> staged = new TreeMap<>();
    parts.forEach(
        (key, bytes) -> {
          if (key.upload.equals(upload) && key.part.name().matches("[0-9]+")) {
            staged.put(Integer.valueOf(key.part.name()), (long) bytes.length);
          }
        });
    return staged;
  }

  @Override
  public OptionalLong length(LayerId upload, StagedPart part) {
    return bytes(upload, part)
        .map(bytes -> OptionalLong.of(bytes.length))
        .orElse(OptionalLong.empty());
  }

  @Override
  public InputStream read(LayerId upload, StagedPart part, long offset, int length)
      throws PartMissing {
    byte[] bytes =
        bytes(upload, part)
            .orElseThrow(() -> new PartMissing(part + " of upload " + upload + " is not staged"));
    if (offset + length > bytes.length) {
      throw new PartMissing(
          "%s of upload %s has %d bytes, not the %d from %d on"
              .formatted(part, upload, bytes.length, length, offset));
    }
    return new ByteArrayInputStream(bytes, Math.toIntExact(offset), length);
  }

  @Override
  public void remove(LayerId upload) {
    parts.keySet().removeIf(key -> key.upload.equals(upload));
  }

  private Optional<byte[]> bytes(LayerId upload, StagedPart part) {
    return Optional.ofNullable(parts.get(new Key(upload, part)));
  }
}
