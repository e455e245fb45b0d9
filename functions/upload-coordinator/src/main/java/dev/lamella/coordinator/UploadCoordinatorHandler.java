package dev.lamella.coordinator;

import dev.lamella.gateway.Callers;
import dev.lamella.gateway.Gateway;
import dev.lamella.gateway.Route;
import dev.lamella.gateway.Router;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/**
 * The function {@code upload-coordinator}: the write side. Of layers, only small chunks of the OCI
 * API pass through it.
 */
public final class UploadCoordinatorHandler extends Gateway {
  public UploadCoordinatorHandler() {
    this(System.getenv(), InstantSource.system());
  }

  /**
   * @throws IllegalArgumentException naming the variable that is missing or wrong
   */
  public UploadCoordinatorHandler(Map<String, String> environment, InstantSource clock) {
    super(new Router(routes(environment, clock), Callers.OPEN));
  }

  /**
   * What it answers.
   *
   * @throws IllegalArgumentException naming the variable that is missing or wrong
   */
  public static List<Route> routes(Map<String, String> environment, InstantSource clock) {
    return Wiring.routes(environment, clock);
  }
}
