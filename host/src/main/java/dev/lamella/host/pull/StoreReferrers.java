package dev.lamella.host.pull;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.Digest.Algorithm;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.Reference;
import dev.lamella.core.Reference.Tag;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.core.manifest.ManifestReader;
import dev.lamella.host.image.DigestTag;
import dev.lamella.host.image.Referrers;
import dev.lamella.host.image.Referrers.Claims;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.store.ManifestBytes;
import dev.lamella.host.store.StoreClient;
import dev.lamella.host.store.StoreRefusal;
import dev.lamella.host.work.Permits;
import dev.lamella.host.work.TaskGroup;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What a store has that refers to manifests of an image. Where it does not list it, the list is the
 * index that has the digest as its tag (OCI Distribution 1.1, "Referrers Tag Schema").
 */
final class StoreReferrers implements Referrers.Source {
  private static final int AT_ONCE = 8;

  /** Tags that begin with one digest. */
  private static final int MOST_TAGS = 100;

  private final StoreClient store;
  private final RepositoryName image;
  private Optional<Tagged> last = Optional.empty();

  /** A tag can move, so what it named stays until it has been read. */
  private record Tagged(Descriptor manifest, ManifestBytes content) {}

  StoreReferrers(StoreClient store, RepositoryName image) {
    this.store = store;
    this.image = image;
  }

  @Override
  public Map<Digest, Claims> claims(List<Digest> subjects) {
    Map<Digest, Claims> claims = new ConcurrentHashMap<>();
    TaskGroup tasks = new TaskGroup();
    Permits permits = new Permits(AT_ONCE);
    for (Digest subject : subjects) {
      permits.start(
          tasks, () -> claims.put(subject, new Claims(bySubject(subject), byTag(subject))));
    }
    tasks.join();
    return new HashMap<>(claims);
  }

  private List<Descriptor> bySubject(Digest subject) {
    return store
        .aboutManifests()
        .referrers(image, subject, Referrers.MOST)
        .orElseGet(() -> listed(DigestTag.ofList(subject)));
  }

  private List<Descriptor> listed(Tag tag) {
    try {
      Manifest list = manifest(tag);
      return list.manifests().stream().limit(Referrers.MOST + 1L).toList();
    } catch (StoreRefusal e) {
      if (e.is(ErrorCode.MANIFEST_UNKNOWN)) {
        return List.of();
      }
      throw e;
    }
  }

  private Manifest manifest(Tag tag) {
    ManifestBytes got = store.manifest(image, tag);
    Digest digest = Digest.of(Algorithm.SHA256, got.bytes());
    try {
      return ManifestReader.read(digest, got.mediaType(), got.bytes());
    } catch (Refusal e) {
      throw new HostFailure(ExitCode.REFUSED, "tag %s: %s".formatted(tag, e.getMessage()), e);
    }
  }

  /** They begin with the digest, and no other tag does: those after all but its end. */
  private List<Tag> byTag(Digest subject) {
    String prefix = DigestTag.ofList(subject).value();
    return store
        .aboutManifests()
        .tags(image, prefix.substring(0, prefix.length() - 1), MOST_TAGS)
        .stream()
        .flatMap(tag -> DigestTag.attachedTo(subject, tag).stream())
        .toList();
  }

  @Override
  public Descriptor tagged(Tag tag) {
    ManifestBytes content = store.manifest(image, tag);
    Digest digest = Digest.of(Algorithm.SHA256, content.bytes());
    Descriptor manifest = new Descriptor(content.mediaType(), digest, content.bytes().length);
    last = Optional.of(new Tagged(manifest, content));
    return manifest;
  }

  @Override
  public byte[] bytes(Descriptor manifest) {
    return last.filter(tagged -> tagged.manifest().equals(manifest))
        .map(tagged -> tagged.content().bytes())
        .orElseGet(() -> store.manifest(image, new Reference.ByDigest(manifest.digest())).bytes());
  }
}
