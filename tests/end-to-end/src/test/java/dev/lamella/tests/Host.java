package dev.lamella.tests;

import dev.lamella.core.Reference.Tag;
import dev.lamella.host.image.ImageName;
import dev.lamella.host.progress.Progress;
import dev.lamella.host.pull.Pull;
import dev.lamella.host.pull.PullOptions;
import dev.lamella.host.pull.PullReport;
import dev.lamella.host.push.Push;
import dev.lamella.host.push.PushReport;
import dev.lamella.host.push.UploadNotes;
import dev.lamella.host.source.Source;
import dev.lamella.host.store.Retries;
import dev.lamella.host.store.StoreClient;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * A container host with a cache of its own.
 *
 * @param cache where it notes the uploads that it began
 * @param parallel connections
 */
record Host(URI store, Path cache, Progress progress, int parallel, Retries retries) {
  /**
   * As patient as the command, but quick: what fails here is near, and fails for all or for one.
   */
  static final Retries QUICK =
      new Retries(5, Duration.ofMillis(5), Duration.ofMillis(100), Duration.ofSeconds(40));

  Host(URI store, Path cache) {
    this(store, cache, Progress.NONE, 6, QUICK);
  }

  /** One that gives up where nothing happens between one question and the next. */
  Host impatient() {
    Retries soon =
        new Retries(
            retries.tries(), retries.first(), retries.longest(), retries.stall(), Duration.ZERO);
    return new Host(store, cache, progress, parallel, soon);
  }

  Host telling(Progress other) {
    return new Host(store, cache, other, parallel, retries);
  }

  /**
   * @param name as users write it: name and tag
   */
  PushReport push(Path source, String name) {
    ImageName image = ImageName.parse(name);
    return new Push(new StoreClient(store, retries), new UploadNotes(cache), progress, parallel)
        .run(
            Source.open(source).image(image, Optional.empty()),
            image.name(),
            (Tag) image.reference());
  }

  PullReport pull(String name, Path target) {
    PullOptions options = new PullOptions(parallel, Optional.empty(), false);
    return new Pull(new StoreClient(store, retries), progress, options)
        .run(ImageName.parse(name), target);
  }
}
