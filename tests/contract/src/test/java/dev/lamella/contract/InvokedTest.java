package dev.lamella.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lamella.aws.Adapters;
import dev.lamella.core.Digest;
import dev.lamella.core.LayerId;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.Unavailable;
import dev.lamella.core.api.AssemblyRequest;
import dev.lamella.core.api.Json;
import dev.lamella.core.layer.PassId;
import dev.lamella.core.layer.ShardBatch;
import dev.lamella.core.port.ShardWriters;
import dev.lamella.core.report.Batch;
import dev.lamella.core.report.ReportId;
import dev.lamella.core.report.VerifierEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * The ports that invoke functions. Those but {@link ShardWriters} have one adapter each, so what
 * they are held to is the event that comes, and that the caller does not wait for what becomes of
 * it.
 */
class InvokedTest {
  private static final String FUNCTION = "invoked";
  private final List<LambdaFront> fronts = new ArrayList<>();

  @AfterEach
  void close() {
    fronts.forEach(LambdaFront::close);
  }

  @Nested
  class ShardWritersOfLambda extends ShardWritersContract {
    @Override
    ShardWriters writers(Consumer<ShardBatch> writer) {
      return adapters(event -> writer.accept(Json.read(event, ShardBatch.class))).shardWriters();
    }
  }

  @Test
  void assemblers_begin_handsOverTheLayer() throws Exception {
    Digest layer = Samples.digest();
    assertThat(
            Json.read(event(adapters -> adapters.assemblers().begin(layer)), AssemblyRequest.class))
        .isEqualTo(new AssemblyRequest(layer));
  }

  @Test
  void janitor_dispatch_handsOverTheRun() throws Exception {
    byte[] event = event(adapters -> adapters.janitor().dispatch("some run"));
    assertThat(Json.tree(event)).isEqualTo(Json.tree(Json.write(Map.of("collection", "some run"))));
  }

  @Test
  void janitor_storeLate_handsOverTheImage() throws Exception {
    byte[] event = event(adapters -> adapters.janitor().storeLate(new RepositoryName("a/b")));
    assertThat(Json.tree(event)).isEqualTo(Json.tree(Json.write(Map.of("late", "a/b"))));
  }

  @Test
  void verifiers_runAndVerify_handOverTheJobAndTheBatch() throws Exception {
    ReportId job = ReportId.at(Samples.NOW);
    Batch batch = new Batch(job, Samples.digest(), LayerId.random(), 3, 10, 20);
    assertThat(
            Json.read(
                event(adapters -> adapters.verifiers(FUNCTION).run(job)), VerifierEvent.class))
        .isEqualTo(VerifierEvent.of(job));
    assertThat(
            Json.read(
                event(adapters -> adapters.verifiers(FUNCTION).verify(batch)), VerifierEvent.class))
        .isEqualTo(VerifierEvent.of(batch));
  }

  @Test
  void anyOfThem_lambdaDoesNotAnswer_isUnavailable() {
    Adapters nowhere = adapters(Map.of("AWS_ENDPOINT_URL_LAMBDA", "http://127.0.0.1:1"));
    List<Runnable> calls =
        List.of(
            () -> nowhere.assemblers().begin(Samples.digest()),
            () -> nowhere.janitor().dispatch("run"),
            () ->
                nowhere
                    .shardWriters()
                    .dispatch(ShardBatch.serial(LayerId.random(), PassId.random())));
    for (Runnable call : calls) {
      Assertions.assertThatThrownBy(call::run)
          .isInstanceOf(Unavailable.class)
          .hasMessageContaining("Lambda");
    }
  }

  /** The event that the function gets, which fails with it: the caller is not told. */
  private byte[] event(Consumer<Adapters> call) throws InterruptedException {
    BlockingQueue<byte[]> events = new LinkedBlockingQueue<>();
    call.accept(
        adapters(
            event -> {
              events.add(event);
              throw new IllegalStateException("it fails");
            }));
    byte[] event = events.poll(30, TimeUnit.SECONDS);
    assertThat(event).as("the event").isNotNull();
    assertThat(fronts.getLast().types()).as("asynchronously").containsExactly("Event");
    return event;
  }

  private Adapters adapters(Consumer<byte[]> function) {
    LambdaFront front = LambdaFront.before(FUNCTION, function);
    fronts.add(front);
    return adapters(front.environment());
  }

  private static Adapters adapters(Map<String, String> lambda) {
    Map<String, String> environment = new HashMap<>(lambda);
    environment.put("SHARD_WRITER", FUNCTION);
    environment.put("JANITOR", FUNCTION);
    environment.put("ASSEMBLER", FUNCTION);
    return AwsServices.started().adapters(environment);
  }
}
