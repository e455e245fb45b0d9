package dev.lamella.core.memory;

import dev.lamella.core.LayerId;
import dev.lamella.core.port.SignedUrl;
import dev.lamella.core.port.Staging;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** Staged parts in memory; {@link #put} is what a host's PUT does. */
public final class MemoryStaging implements Staging {

  private record Part(LayerId upload, int index) {}

  private final Map<Part, byte[]> parts = new ConcurrentHashMap<>();

  /** Stages a part, of any length. */
  public void put(LayerId upload, int index, byte[] bytes) {
    parts.put(new Part(upload, index), bytes.clone());
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
        (part, bytes) -> {
          if (part.upload.equals(upload)) {
            staged.put(part.index, (long) bytes.length);
          }
        });
    return staged;
  }

  @Override
  public OptionalLong length(LayerId upload, int index) {
    return bytes(upload, index)
        .map(bytes -> OptionalLong.of(bytes.length))
        .orElse(OptionalLong.empty());
  }

  @Override
  public InputStream read(LayerId upload, int index, long offset, int length) throws PartMissing {
    byte[] bytes =
        bytes(upload, index)
            .orElseThrow(
                () -> new PartMissing("part " + index + " of upload " + upload + " is not staged"));
    if (offset + length > bytes.length) {
      throw new PartMissing(
          "part %d of upload %s has %d bytes, not the %d from %d on"
              .formatted(index, upload, bytes.length, length, offset));
    }
    return new ByteArrayInputStream(bytes, Math.toIntExact(offset), length);
  }

  @Override
  public void remove(LayerId upload) {
    parts.keySet().removeIf(part -> part.upload.equals(upload));
  }

  private Optional<byte[]> bytes(LayerId upload, int index) {
    return Optional.ofNullable(parts.get(new Part(upload, index)));
  }
}
