package dev.lamella.host.image;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.api.Json;
import dev.lamella.core.manifest.Manifest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/**
 * Which image of an index is for a platform: the nearest, and of those as near the first. Indexes
 * within it are looked into; what no index says the platform of is asked for its own.
 */
public final class PlatformChoice {
  private static final int MOST_SAID = 20;

  private final Platform wanted;
  private final Function<Descriptor, Manifest> manifests;
  private final Function<Descriptor, Optional<Platform>> own;
  private final List<Offer> offers = new ArrayList<>();
  private final Set<Digest> seen = new HashSet<>();

  private record Offer(Descriptor manifest, Optional<Platform> platform) {}

  /**
   * @param manifests reads an index within the index
   * @param own the platform that a manifest is for by its config
   */
  public PlatformChoice(
      Platform wanted,
      Function<Descriptor, Manifest> manifests,
      Function<Descriptor, Optional<Platform>> own) {
    this.wanted = wanted;
    this.manifests = manifests;
    this.own = own;
  }

  /** Empty where it has none. */
  public Optional<Descriptor> of(Manifest index) {
    look(index, Optional.empty(), 0);
    Optional<Descriptor> said = nearest();
    if (said.isPresent()) {
      return said;
    }
    offers.replaceAll(
        offer ->
            offer.platform.isPresent()
                ? offer
                : new Offer(offer.manifest, own.apply(offer.manifest)));
    return nearest();
  }

  /** The platforms that were found, for a message. */
  List<String> offered() {
    Set<String> names = new TreeSet<>();
    offers.forEach(offer -> offer.platform.ifPresent(platform -> names.add(platform.toString())));
    names.remove("unknown/unknown"); // BuildKit's attestations
    return names.stream().limit(MOST_SAID).toList();
  }

  private void look(Manifest index, Optional<Platform> outer, int depth) {
    Map<Digest, Descriptor> named = new HashMap<>();
    index.manifests().forEach(manifest -> named.put(manifest.digest(), manifest));
    for (JsonNode entry : Json.tree(index.bytes()).path("manifests")) {
      Descriptor manifest = named.get(Digest.parse(entry.path("digest").asString("")));
      if (manifest == null) {
        continue;
      }
      Optional<Platform> platform = Platform.of(entry.path("platform")).or(() -> outer);
      boolean isOther = platform.map(this::isOther).orElse(false);
      if (!ImageManifest.isIndex(manifest) || isOther) {
        offers.add(new Offer(manifest, platform));
      } else if (depth < ManifestTree.DEEPEST && seen.add(manifest.digest())) {
        look(manifests.apply(manifest), platform, depth + 1);
      }
    }
  }

  private boolean isOther(Platform platform) {
    return wanted.distance(platform).isEmpty();
  }

  private Optional<Descriptor> nearest() {
    Optional<Descriptor> best = Optional.empty();
    int least = Integer.MAX_VALUE;
    for (Offer offer : offers) {
      OptionalInt distance = offer.platform.map(wanted::distance).orElse(OptionalInt.empty());
      if (distance.isPresent() && distance.getAsInt() < least) {
        least = distance.getAsInt();
        best = Optional.of(offer.manifest);
      }
    }
    return best;
  }
}
