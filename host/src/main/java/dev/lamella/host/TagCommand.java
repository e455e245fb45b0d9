package dev.lamella.host;

import dev.lamella.core.Digest;
import dev.lamella.core.Reference;
import dev.lamella.core.Reference.Tag;
import dev.lamella.core.access.Action;
import dev.lamella.core.access.TokenScope;
import dev.lamella.core.api.Json;
import dev.lamella.host.image.FullName;
import dev.lamella.host.image.ImageName;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.store.ManifestBytes;
import dev.lamella.host.store.StoreClient;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code lamella tag}. */
@Command(
    name = "tag",
    mixinStandardHelpOptions = true,
    header = "Gives an image of the store more tags.",
    description = {
      "",
      "No layer is sent. A tag that is there is moved: where the store asks who calls, that takes"
          + " the right to overwrite."
    },
    footer = {
      "",
      "Examples:",
      "  lamella tag team/app:1.4.2 1.4 latest",
      "  lamella tag team/app@sha256:… stable"
    })
final class TagCommand implements Callable<Integer> {
  @Mixin private StoreOptions store = new StoreOptions();

  @Parameters(
      index = "0",
      paramLabel = "NAME:TAG",
      description = "The image; NAME@DIGEST for the manifest of a digest.")
  private String name = "";

  @Parameters(index = "1..*", arity = "1..*", paramLabel = "TAG", description = "Its other tags.")
  private List<String> tags = List.of();

  @Override
  public Integer call() {
    FullName full = FullName.parse(name);
    ImageName image = full.image();
    // Each is looked at before the first is written.
    List<Tag> others = tags.stream().map(Tag::new).toList();
    StoreClient client = store.client(full.store(), TokenScope.of(Action.PUSH, image.name()));
    Digest digest = client.image(image.name(), image.reference()).digest();
    ManifestBytes manifest = client.manifest(image.name(), new Reference.ByDigest(digest));
    if (!Digest.of(digest.algorithm(), manifest.bytes()).equals(digest)) {
      throw new HostFailure(
          ExitCode.WRONG_CONTENT,
          "the store's manifest of %s is not that of its digest %s".formatted(image, digest));
    }
    others.forEach(tag -> client.putManifest(image.name(), tag, manifest));
    System.out.println(
        store.isJson()
            ? Json.pretty(Map.of("image", image.name(), "digest", digest, "tags", others))
            : "Tagged %s@%s: %s".formatted(image.name(), digest, String.join(", ", tags)));
    return ExitCode.OK.value();
  }
}
