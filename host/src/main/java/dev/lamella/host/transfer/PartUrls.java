package dev.lamella.host.transfer;

import dev.lamella.core.Descriptor;
import dev.lamella.core.LayerId;
import dev.lamella.core.Slicing;
import dev.lamella.core.api.UploadProgress;
import dev.lamella.core.api.UploadProgress.Part;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.store.StoreClient;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Where the parts of an upload go: one page of signed URLs at a time. Thread-safe. */
final class PartUrls {
  private final StoreClient store;
  private final LayerId upload;
  private final Slicing slicing;
  private final boolean isUnsized;
  private Map<Integer, Part> page;

  PartUrls(StoreClient store, UploadProgress progress, Slicing slicing) {
    this.store = store;
    this.upload = progress.upload();
    this.slicing = slicing;
    this.isUnsized = progress.size().isEmpty();
    this.page = checked(progress.parts());
  }

  /** What the store says is not believed where it is not about the layer. */
  static Slicing slicing(Descriptor layer, UploadProgress begun) {
    if (begun.size().equals(OptionalLong.of(layer.size()))
        && begun.digest().equals(Optional.of(layer.digest()))) {
      try {
        Slicing slicing = new Slicing(layer.size(), begun.shardSize());
        if (slicing.count() == begun.shards()) {
          return slicing;
        }
      } catch (IllegalArgumentException _) {
        // It is no slicing at all.
      }
    }
    throw new HostFailure(
        ExitCode.REFUSED,
        "the store's answer is wrong: its upload %s is not of %s in shards"
            .formatted(begun.upload(), layer.digest()));
  }

  /** The part, or empty where the store has it already. */
  synchronized Optional<Part> find(int index) {
    if (!page.containsKey(index)) {
      page = checked(store.progress(upload, index).parts());
    }
    return Optional.ofNullable(page.get(index));
  }

  /** As {@link #find}, with another URL than one that was refused. */
  synchronized Optional<Part> fresh(Part refused) {
    if (refused.equals(page.get(refused.index()))) {
      page = checked(store.progress(upload, refused.index()).parts());
    }
    return find(refused.index());
  }

  /** What the store says is not believed where it would send other bytes than the shard's. */
  private Map<Integer, Part> checked(List<Part> parts) {
    for (Part part : parts) {
      if (!isShard(part) && !isUnsized) {
        throw new HostFailure(
            ExitCode.REFUSED,
            "the store's answer is wrong: part %d at %d of %d bytes is no shard of the layer"
                .formatted(part.index(), part.offset(), part.size()));
      }
    }
    // Of what was unsized, the last part may have got its own length since; it is not sent by this.
    return parts.stream()
        .filter(this::isShard)
        .collect(Collectors.toMap(Part::index, Function.identity(), (first, _) -> first));
  }

  private boolean isShard(Part part) {
    int index = part.index();
    return slicing.has(index)
        && part.offset() == slicing.offset(index)
        && part.size() == slicing.length(index);
  }
}
