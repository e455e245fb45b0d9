package dev.lamella.host.pull;

import dev.lamella.core.Digest;
import dev.lamella.core.Reference;
import dev.lamella.core.api.Json;
import dev.lamella.core.manifest.Manifest;
import dev.lamella.host.image.ImageManifest;
import dev.lamella.host.image.ImageName;
import dev.lamella.host.image.NamedBlob;
import dev.lamella.host.image.Platform;
import dev.lamella.host.image.PlatformChoice;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The {@code manifest.json} that {@code docker load} looks for before version 25, which cannot read
 * OCI archives. It names one image: of several platforms the one for this machine, or else for
 * linux/amd64, or else the first.
 */
final class DockerManifest {
  private static final Platform COMMON = Platform.parse("linux/amd64");

  private DockerManifest() {}

  /** Empty where there is no image that runs, as of a chart or a build cache. */
  static Optional<byte[]> of(ImageName name, List<Manifest> manifests) {
    return image(manifests).map(image -> bytes(name, image));
  }

  private static Optional<Manifest> image(List<Manifest> manifests) {
    Map<Digest, Manifest> known =
        manifests.stream().collect(Collectors.toMap(Manifest::digest, Function.identity()));
    Manifest root = manifests.getLast();
    if (!ImageManifest.isIndex(root)) {
      return Optional.of(root).filter(DockerManifest::isImage);
    }
    return Stream.of(Platform.ofThisMachine(), COMMON)
        .map(
            platform ->
                new PlatformChoice(
                    platform,
                    index -> Objects.requireNonNull(known.get(index.digest())),
                    _ -> Optional.empty()))
        .flatMap(choice -> choice.of(root).stream())
        .flatMap(chosen -> Optional.ofNullable(known.get(chosen.digest())).stream())
        .filter(DockerManifest::isImage)
        .findFirst()
        .or(() -> manifests.stream().filter(DockerManifest::isImage).findFirst());
  }

  private static boolean isImage(Manifest manifest) {
    return ImageManifest.config(manifest).isPresent();
  }

  private static byte[] bytes(ImageName name, Manifest image) {
    List<String> blobs =
        NamedBlob.of(image).stream().map(blob -> ArchiveLayout.path(blob.digest())).toList();
    List<String> tags =
        name.reference() instanceof Reference.Tag ? List.of(name.toString()) : List.of();
    Map<String, Object> entry = new TreeMap<>();
    entry.put("Config", blobs.getFirst());
    entry.put("RepoTags", tags);
    entry.put("Layers", blobs.subList(1, blobs.size()));
    return Json.write(List.of(entry));
  }
}
