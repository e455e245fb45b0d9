package dev.lamella.assembler;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import dev.lamella.aws.Adapters;
import dev.lamella.aws.Environment;
import dev.lamella.core.api.AssemblyRequest;
import dev.lamella.core.api.Json;
import dev.lamella.core.read.AssembleLayer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;

/**
 * The function {@code assembler}: makes one object of the shards of a layer. Invoked
 * asynchronously, so at least once.
 */
public final class AssemblerHandler implements RequestStreamHandler {
  /** The function's time limit, by the template: after it, it is dead. */
  private static final Duration LEASE = Duration.ofMinutes(5);

  private final AssembleLayer assembleLayer;

  public AssemblerHandler() {
    this(System.getenv(), InstantSource.system());
  }

  /**
   * @throws IllegalArgumentException naming the variable that is missing or wrong
   */
  public AssemblerHandler(Map<String, String> variables, InstantSource clock) {
    Adapters adapters = new Adapters(new Environment(variables));
    assembleLayer =
        new AssembleLayer(
            adapters.layers(),
            adapters.shards(),
            adapters.assemblies(),
            adapters.assembledLayers(),
            LEASE,
            clock);
  }

  /**
   * @throws dev.lamella.core.Refusal where the event is not an {@link AssemblyRequest}
   */
  @Override
  public void handleRequest(InputStream event, OutputStream result, Context context)
      throws IOException {
    AssemblyRequest request = Json.read(event.readAllBytes(), AssemblyRequest.class);
    long start = System.nanoTime();
    boolean isAssembled = assembleLayer.assemble(request.layer());
    long millis = (System.nanoTime() - start) / 1_000_000;
    context
        .getLogger()
        .log(
            "layer %s: %s in %d ms"
                .formatted(request.layer(), isAssembled ? "assembled" : "nothing to do", millis),
            LogLevel.INFO);
    result.write(Json.write(Map.of("assembled", isAssembled)));
  }
}
