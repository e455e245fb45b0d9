package dev.lamella.clients;

import dev.lamella.core.Reference.Tag;
import dev.lamella.host.image.ImageName;
import dev.lamella.host.progress.Progress;
import dev.lamella.host.pull.Pull;
import dev.lamella.host.pull.PullOptions;
import dev.lamella.host.push.Push;
import dev.lamella.host.push.UploadNotes;
import dev.lamella.host.source.Source;
import dev.lamella.host.store.Retries;
import dev.lamella.host.store.StoreClient;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/** What {@code lamella push} and {@code lamella pull} do. */
final class LamellaHost {
  private static final int CONNECTIONS = 8;

  private LamellaHost() {}

  static void push(URI store, Layout image, String name) {
    push(store, image.directory(), name);
  }

  static void push(StoreClient store, Layout image, String name) {
    push(store, image.directory(), name);
  }

  /** Pushes a layout or archive that some client made. */
  static void push(URI store, Path source, String name) {
    push(new StoreClient(store, Retries.DEFAULT), source, name);
  }

  private static void push(StoreClient store, Path source, String name) {
    ImageName target = ImageName.parse(name);
    UploadNotes notes = new UploadNotes(source.resolveSibling("notes"));
    var _ =
        new Push(store, notes, Progress.NONE, CONNECTIONS)
            .run(
                Source.open(source).image(target, Optional.empty()),
                target.name(),
                (Tag) target.reference());
  }

  static void pull(URI store, String name, Path target) {
    pull(store, name, target, true);
  }

  /** With {@code --no-referrers}. */
  static void pullAlone(URI store, String name, Path target) {
    pull(store, name, target, false);
  }

  static void pull(StoreClient store, String name, Path target) {
    pull(store, name, target, true);
  }

  private static void pull(URI store, String name, Path target, boolean withReferrers) {
    pull(new StoreClient(store, Retries.DEFAULT), name, target, withReferrers);
  }

  private static void pull(StoreClient store, String name, Path target, boolean withReferrers) {
    var _ =
        new Pull(
                store,
                Progress.NONE,
                new PullOptions(CONNECTIONS, Optional.empty(), false, withReferrers))
            .run(ImageName.parse(name), target);
  }
}
