package dev.lamella.host.inspect;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.Reference;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.api.ImageAnswer;
import dev.lamella.core.api.ShardMap;
import dev.lamella.core.api.StoredLayer;
import dev.lamella.host.image.ImageName;
import dev.lamella.host.inspect.ImageView.LayerView;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.store.StoreClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/** Asks the store where every shard of an image is. */
public final class Inspect {
  private static final int DEEPEST = 16;

  private final StoreClient store;

  public Inspect(StoreClient store) {
    this.store = store;
  }

  public ImageView run(ImageName name) {
    return view(name, 0);
  }

  private ImageView view(ImageName name, int depth) {
    if (depth > DEEPEST) {
      throw new HostFailure(ExitCode.REFUSED, "the image has indexes nested over " + DEEPEST);
    }
    ImageAnswer answer = store.image(name.name(), name.reference());
    List<LayerView> layers = new ArrayList<>();
    long size = 0;
    for (StoredLayer layer : answer.layers()) {
      layers.add(view(name.name(), layer));
      size += layer.size();
    }
    List<ImageView> manifests = new ArrayList<>();
    for (Descriptor manifest : answer.manifests()) {
      ImageView child =
          view(new ImageName(name.name(), new Reference.ByDigest(manifest.digest())), depth + 1);
      manifests.add(child);
      size += child.size();
    }
    return new ImageView(
        name.toString(), answer.digest(), answer.mediaType(), size, layers, manifests);
  }

  private LayerView view(RepositoryName image, StoredLayer layer) {
    List<String> placement =
        layer.damaged().isEmpty() ? placement(image, layer.digest()) : List.of();
    Map<String, Integer> servers = new TreeMap<>();
    placement.forEach(server -> servers.merge(server, 1, Integer::sum));
    return new LayerView(
        layer.digest(),
        layer.mediaType(),
        layer.size(),
        layer.shardSize(),
        layer.shards(),
        servers,
        layer.verified(),
        layer.damaged(),
        placement);
  }

  private List<String> placement(RepositoryName image, Digest layer) {
    List<String> servers = new ArrayList<>();
    OptionalInt from = OptionalInt.of(0);
    while (from.isPresent()) {
      ShardMap page = store.shards(image, layer, from.getAsInt());
      page.map().forEach(entry -> servers.add(entry.server()));
      if (page.map().isEmpty()) {
        break;
      }
      from = page.next();
    }
    return servers;
  }
}
