package dev.lamella.aws;

import dev.lamella.core.Digest;
import dev.lamella.core.api.AssemblyRequest;
import dev.lamella.core.api.Json;
import dev.lamella.core.port.Assemblers;

/**
 * Assemblers by asynchronous invocation: one that outlasts the request that asked for it still
 * comes to its end.
 */
final class LambdaAssemblers implements Assemblers {
  private final AsynchronousFunction function;

  LambdaAssemblers(AsynchronousFunction function) {
    this.function = function;
  }

  @Override
  public void begin(Digest layer) {
    function.invoke(Json.write(new AssemblyRequest(layer)));
  }
}
