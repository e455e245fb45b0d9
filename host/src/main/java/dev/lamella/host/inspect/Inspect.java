package dev.lamella.host.inspect;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.Reference;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.api.ImageAnswer;
import dev.lamella.core.api.Json;
import dev.lamella.core.api.ShardMap;
import dev.lamella.core.api.StoredLayer;
import dev.lamella.host.image.ImageName;
import dev.lamella.host.image.Platform;
import dev.lamella.host.inspect.ImageView.LayerView;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.store.StoreClient;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** Asks the store where every shard of an image is. */
public final class Inspect {
  private static final int DEEPEST = 16;
  private static final int MOST_MANIFESTS = 2_000;

  /** All are in memory, and a picture of more could not be read. */
  private static final int MOST_SHARDS = 2_000_000;

  private final StoreClient store;
  private final Map<Digest, List<String>> placements = new HashMap<>();
  private final Map<String, String> servers = new HashMap<>();
  private int manifests;
  private int shards;

  public Inspect(StoreClient store) {
    this.store = store;
  }

  public ImageView run(ImageName name) {
    return view(name, Optional.empty(), 0);
  }

  private ImageView view(ImageName name, Optional<String> platform, int depth) {
    manifests++;
    if (depth > DEEPEST || manifests > MOST_MANIFESTS) {
      throw new HostFailure(
          ExitCode.REFUSED,
          "the image has indexes nested over %d deep, or over %d manifests: name one by its digest"
              .formatted(DEEPEST, MOST_MANIFESTS));
    }
    ImageAnswer answer = store.image(name.name(), name.reference());
    JsonNode manifest = manifest(name.name(), answer.digest());
    String configuration = manifest.path("config").path("digest").asString("");
    Optional<LayerView> config = Optional.empty();
    List<LayerView> layers = new ArrayList<>();
    long size = 0;
    for (StoredLayer layer : answer.layers()) {
      LayerView view = view(name.name(), layer);
      size += layer.size();
      if (config.isEmpty() && layer.digest().toString().equals(configuration)) {
        config = Optional.of(view);
      } else {
        layers.add(view);
      }
    }
    Map<String, String> platforms = Platform.named(manifest);
    List<ImageView> children = new ArrayList<>();
    for (Descriptor named : answer.manifests()) {
      ImageView child =
          view(
              new ImageName(name.name(), new Reference.ByDigest(named.digest())),
              Optional.ofNullable(platforms.get(named.digest().toString())),
              depth + 1);
      children.add(child);
      size += child.size();
    }
    return new ImageView(
        name.toString(),
        answer.digest(),
        answer.mediaType(),
        size,
        platform,
        config,
        layers,
        children);
  }

  /** Only to show what it says: nothing is fetched by it. */
  private JsonNode manifest(RepositoryName image, Digest digest) {
    try {
      return Json.tree(store.manifest(image, new Reference.ByDigest(digest)).bytes());
    } catch (Refusal e) {
      throw new HostFailure(ExitCode.REFUSED, "manifest " + digest + ": " + e.getMessage(), e);
    }
  }

  private LayerView view(RepositoryName image, StoredLayer layer) {
    List<String> placement =
        layer.damaged().isEmpty()
            ? placements.computeIfAbsent(layer.digest(), digest -> placement(image, digest))
            : List.of();
    Map<String, Integer> counts = new TreeMap<>();
    placement.forEach(server -> counts.merge(server, 1, Integer::sum));
    return new LayerView(
        layer.digest(),
        layer.mediaType(),
        layer.size(),
        layer.shardSize(),
        layer.shards(),
        counts,
        layer.verified(),
        layer.damaged(),
        placement);
  }

  private List<String> placement(RepositoryName image, Digest layer) {
    List<String> placement = new ArrayList<>();
    OptionalInt from = OptionalInt.of(0);
    while (from.isPresent()) {
      ShardMap page = store.shards(image, layer, from.getAsInt());
      page.map().forEach(entry -> placement.add(known(entry.server())));
      shards += page.map().size();
      from = page.next();
      if (shards > MOST_SHARDS || (from.isPresent() && from.getAsInt() != placement.size())) {
        throw new HostFailure(
            ExitCode.WRONG_CONTENT,
            "the store's shard map of %s does not go on after shard %d, or has too many"
                .formatted(layer, placement.size() - 1));
      }
      if (page.map().isEmpty()) {
        break;
      }
    }
    return List.copyOf(placement);
  }

  /** One text for each server, and not one for each shard. */
  private String known(String server) {
    return servers.computeIfAbsent(server, name -> name);
  }
}
