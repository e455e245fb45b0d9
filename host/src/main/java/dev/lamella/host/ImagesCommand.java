package dev.lamella.host;

import dev.lamella.core.RepositoryName;
import dev.lamella.core.api.ImageList;
import dev.lamella.core.api.Json;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import dev.lamella.host.store.StoreClient;
import dev.lamella.host.terminal.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code lamella images}. */
@Command(
    name = "images",
    mixinStandardHelpOptions = true,
    header = "Lists the images of the store, with their tags.",
    footer = {"", "Example:", "  lamella images --from https://store.example"})
final class ImagesCommand implements Callable<Integer> {
  /** Names of images and tags. All are in memory, since a table is as wide as its widest name. */
  private static final long MOST_NAMES = 1_000_000;

  private static final int MOST_PAGES = 10_000;

  @Mixin private StoreOptions store = new StoreOptions();

  @Override
  public Integer call() {
    StoreClient client = store.client();
    List<ImageList.Entry> images = images(client);
    if (images.isEmpty() && client.isAnonymous() && !store.isJson()) {
      System.err.println(
          "lamella: nobody is signed in, and anonymous callers see no image here: sign in by"
              + " 'lamella login --to %s -u ACCOUNT'".formatted(client.base()));
    }
    System.out.println(
        store.isJson() ? Json.pretty(Map.of("images", images)) : table(images).toString());
    return ExitCode.OK.value();
  }

  private static List<ImageList.Entry> images(StoreClient client) {
    List<ImageList.Entry> images = new ArrayList<>();
    Optional<RepositoryName> last = Optional.empty();
    long names = 0;
    for (int pages = 0; pages < MOST_PAGES && names < MOST_NAMES; pages++) {
      ImageList page = client.images(last);
      images.addAll(page.images());
      names += page.images().stream().mapToLong(image -> 1 + image.tags().size()).sum();
      if (page.next().isEmpty()) {
        return images;
      }
      last = page.next();
    }
    throw new HostFailure(
        ExitCode.REFUSED,
        "the store lists over %d names, or over %d pages of them: it may go in circles, at %s"
            .formatted(MOST_NAMES, MOST_PAGES, last.map(RepositoryName::value).orElse("?")));
  }

  private static Table table(List<ImageList.Entry> images) {
    Table table = new Table("IMAGE", "TAGS");
    for (ImageList.Entry image : images) {
      table.row(
          image.name().value(),
          image.tags().stream().map(Object::toString).collect(Collectors.joining(", ")));
    }
    return table;
  }
}
