package dev.lamella.janitor;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import dev.lamella.aws.Adapters;
import dev.lamella.aws.Environment;
import dev.lamella.core.api.CollectionRun;
import dev.lamella.core.api.Json;
import dev.lamella.core.chain.ChainEngine;
import dev.lamella.core.collect.Collect;
import dev.lamella.core.collect.CollectSettings;
import dev.lamella.core.placement.Placement;
import dev.lamella.core.port.LayerIndex;
import dev.lamella.core.port.Staging;
import dev.lamella.core.port.UploadIndex;
import dev.lamella.core.repair.IntactShards;
import dev.lamella.core.upload.FanOut;
import dev.lamella.core.upload.SettleUpload;
import dev.lamella.core.upload.StagedWhole;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * The function {@code janitor}: collects. Invoked by a schedule and when somebody asks; a run that
 * does not get done in one invocation goes on in the next.
 */
public final class JanitorHandler implements RequestStreamHandler {
  private static final int USUAL_GRACE_HOURS = 168;
  private static final int MOST_GRACE_HOURS = 8_760;
  private static final int WIDTH = 8;

  /** As many as are worked on at a time: whether there is time for more is asked after them. */
  private static final int PAGE = WIDTH;

  /**
   * The records of 1,000 shards, of as many uploads as are worked on at a time, are removed in
   * seconds; in this long, where services are slow and have to be asked again.
   */
  private static final Duration LONGEST_PART = Duration.ofMinutes(2);

  /** How long to wait for a layer to be sliced that came late: less than {@link #LONGEST_PART}. */
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final StagedWhole late;
  private final Collect collect;

  public JanitorHandler() {
    this(System.getenv(), InstantSource.system());
  }

  /**
   * @throws IllegalArgumentException naming the variable that is missing or wrong
   */
  public JanitorHandler(Map<String, String> variables, InstantSource clock) {
    Environment environment = new Environment(variables);
    Adapters adapters = new Adapters(environment);
    int grace = environment.number("COLLECT_AFTER_HOURS", USUAL_GRACE_HOURS, 1, MOST_GRACE_HOURS);
    late = late(environment, adapters, clock);
    collect =
        new Collect(
            adapters.collections(),
            adapters.images(),
            adapters.layers(),
            adapters.shards(),
            adapters.uploads(),
            adapters.staging(),
            adapters.shardStore(),
            adapters.assembledLayers(),
            adapters.assemblies(),
            late::storeLate,
            new CollectSettings(Duration.ofHours(grace), PAGE, WIDTH),
            clock);
  }

  private static StagedWhole late(Environment environment, Adapters adapters, InstantSource clock) {
    LayerIndex layers = adapters.layers();
    UploadIndex uploads = adapters.uploads();
    Staging staging = adapters.staging();
    FanOut fanOut =
        new FanOut(
            uploads,
            new Placement(environment.storageServers()),
            adapters.shardWriters(),
            1,
            clock);
    IntactShards intact = new IntactShards(adapters.shards(), layers);
    // Layers that are staged whole get a serial pass: no native engine is to be loaded for them.
    SettleUpload settleUpload =
        new SettleUpload(
            layers, uploads, staging, intact, fanOut, ChainEngine.plain(), PATIENCE, clock);
    return new StagedWhole(layers, uploads, staging, fanOut, settleUpload, clock);
  }

  /**
   * @throws dev.lamella.core.Refusal where the event is no JSON object, or {@code collection} no
   *     text
   */
  @Override
  public void handleRequest(InputStream event, OutputStream result, Context context)
      throws IOException {
    JanitorEvent what = Json.read(event.readAllBytes(), JanitorEvent.class);
    if (what.late().isPresent()) {
      boolean isDone = late.storeLate(what.late().get());
      context.getLogger().log("late layers of " + what.late().get() + ": " + isDone, LogLevel.INFO);
      result.write(Json.write(Map.of("stored", isDone)));
      return;
    }
    BooleanSupplier hasTime = () -> context.getRemainingTimeInMillis() > LONGEST_PART.toMillis();
    Optional<CollectionRun> run =
        what.collection().isPresent()
            ? collect.run(what.collection().get(), hasTime)
            : Optional.of(collect.run(what.full().orElse(false), hasTime));
    context.getLogger().log("collection: " + run, LogLevel.INFO);
    result.write(Json.write(run));
  }
}
