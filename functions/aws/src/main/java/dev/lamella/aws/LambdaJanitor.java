package dev.lamella.aws;

import dev.lamella.core.RepositoryName;
import dev.lamella.core.api.Json;
import dev.lamella.core.port.Janitor;
import java.util.Map;

/** The janitor by asynchronous invocation. */
public final class LambdaJanitor implements Janitor {
  private final AsynchronousFunction function;

  LambdaJanitor(AsynchronousFunction function) {
    this.function = function;
  }

  @Override
  public void dispatch(String run) {
    function.invoke(Json.write(Map.of("collection", run)));
  }

  @Override
  public void storeLate(RepositoryName image) {
    function.invoke(Json.write(Map.of("late", image)));
  }
}
