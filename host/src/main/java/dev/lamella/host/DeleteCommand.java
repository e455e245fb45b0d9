package dev.lamella.host;

import dev.lamella.core.Digest;
import dev.lamella.core.Reference;
import dev.lamella.core.access.Action;
import dev.lamella.core.access.TokenScope;
import dev.lamella.core.api.Json;
import dev.lamella.host.image.FullName;
import dev.lamella.host.image.ImageName;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.store.StoreClient;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code lamella delete}. */
@Command(
    name = "delete",
    mixinStandardHelpOptions = true,
    header = "Deletes a tag, or a manifest with its tags.",
    description = {
      "",
      "NAME:TAG deletes the tag: what it named can still be pulled, and tagged again, by its digest"
          + " for the store's grace period. NAME@DIGEST deletes the manifest and every tag that"
          + " names it, at once.",
      "",
      "Layers that nothing else needs are removed by a collection after the grace period: see"
          + " 'lamella collect'."
    },
    footer = {
      "",
      "Examples:",
      "  lamella delete team/app:1.4.2",
      "  lamella delete team/app@sha256:…"
    })
final class DeleteCommand implements Callable<Integer> {
  /** A tag or a digest after the last slash, and not both. */
  private static final Pattern ONE = Pattern.compile("(?:.*/)?[^/:@]*(?::[^/:@]+|@[^/@]+)");

  @Mixin private StoreOptions store = new StoreOptions();

  @Parameters(
      index = "0",
      paramLabel = "NAME:TAG",
      description = "The tag; NAME@DIGEST for a manifest and its tags.")
  private String name = "";

  @Override
  public Integer call() {
    if (!ONE.matcher(name).matches()) {
      throw new HostFailure(
          ExitCode.USAGE,
          "say what is deleted, either a tag or a digest: NAME:TAG or NAME@DIGEST, not '%s'"
              .formatted(name));
    }
    FullName full = FullName.parse(name);
    ImageName image = full.image();
    StoreClient client =
        store.client(
            full.store(),
            TokenScope.of(Action.PULL, image.name()),
            TokenScope.of(Action.DELETE, image.name()));
    Digest digest = client.image(image.name(), image.reference()).digest();
    client.delete(image.name(), image.reference());
    System.out.println(
        store.isJson()
            ? Json.pretty(Map.of("deleted", image.toString(), "digest", digest))
            : said(image, digest));
    return ExitCode.OK.value();
  }

  private static String said(ImageName image, Digest digest) {
    return switch (image.reference()) {
      case Reference.Tag _ -> "Deleted the tag %s, which named %s".formatted(image, digest);
      case Reference.ByDigest _ -> "Deleted %s, and the tags that named it".formatted(image);
    };
  }
}
